"""A training as a process: what carries it and decides none of its bits."""
