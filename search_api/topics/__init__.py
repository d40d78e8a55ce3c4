"""Topics: what they are, which papers belong to them and why."""
