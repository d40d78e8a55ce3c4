"""Whole texts of papers: taken out of files, kept, and made into passages."""
