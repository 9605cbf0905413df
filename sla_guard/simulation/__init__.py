"""Contracts on trial: the history of tickets, read from a file or from this site, under contracts as they might be."""
