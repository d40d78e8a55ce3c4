"""Checks of what the archive holds: whether texts about one paper agree."""
