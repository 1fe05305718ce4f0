"""The training engine: one bare loop, and what hangs on it."""
