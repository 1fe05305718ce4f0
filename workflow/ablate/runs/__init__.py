"""The folder of a finished run: one module for each of its files."""
