"""A contract as its customer reads and signs it: the SLA annex, in the language of the session."""
