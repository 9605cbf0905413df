"""The customer's pages at /sla: what a reader may see of the own tickets, contracts and statements, put into words.

The pages themselves are in `sla_guard/www/sla/`; they only put what these modules say in its place. Nothing here asks
the framework for permission, since customers have none on most of it: `reader.py` says what is theirs, and whoever
asks for anything else hears that there is no such page.
"""
