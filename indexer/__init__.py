"""Digests to papers, passages and points: readers, catalogue, stores, the pipeline."""
