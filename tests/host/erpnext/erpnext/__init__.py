# Stand-in for ERPNext, for tests without it.
__version__ = "15.0.0"
