"""Digests given back: which papers, joined and noted, for the writers of `indexer.writers`."""
