"""Answers to questions, made of sentences that stand in the archive."""
