"""The commands of `archive`, one file for each group."""
