"""Measuring the archive. Import names from its modules; the package hides a builtin."""
