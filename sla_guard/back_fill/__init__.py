"""The back-fill of old tickets: which, in batches by RQ jobs on any host, how far it is; what is filled in helpdesk/ knows."""
