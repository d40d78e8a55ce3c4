"""The archive, given out again: records in the formats that other programs read."""
