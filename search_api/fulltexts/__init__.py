"""Whole texts of papers as jobs: adding, fetching, listing and taking them out."""
