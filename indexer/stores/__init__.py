"""Where points live: one protocol in `base`, one store a file, `open` to pick one."""
