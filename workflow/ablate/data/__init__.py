"""The images: where they come from, how they are kept, how they are divided."""
