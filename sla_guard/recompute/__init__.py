"""After a correction of support hours or holidays: tickets are measured anew, and shown before what that changes.

An edit makes new terms for the facts to come; what was recorded keeps those that it was recorded under. A recompute
appends to each such ticket a fact that says by which terms its facts are measured from then on; nothing is edited.
"""
