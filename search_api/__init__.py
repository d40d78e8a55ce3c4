"""Asking the archive: search, command line, HTTP."""
