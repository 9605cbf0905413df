"""Support time, clocks, breaches and penalties as pure Python: no frappe, no database, no clock of its own."""
