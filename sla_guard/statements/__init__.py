"""Statements: what was promised in a period, what was kept, what it costs, and how the customer hears of it."""
