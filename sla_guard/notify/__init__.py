"""Who is told what of a ticket's clocks, when, and how."""
