"""Places on the net that papers are fetched from, and how to ask them politely."""
