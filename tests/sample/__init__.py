"""Sample data for the demo: `python -m tests.sample` fills the embedded site and prints its tickets.

Run again, it adds only what is missing. Tickets that have grown old are lived anew, so that the demo always shows
what goes on this week.
"""
