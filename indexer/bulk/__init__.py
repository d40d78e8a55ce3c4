"""Files of records rather than pages: dumps, exports and reference libraries, streamed in."""
