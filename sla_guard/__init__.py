"""Service level agreements for ERPNext's helpdesk."""

__version__ = "0.1.0"
