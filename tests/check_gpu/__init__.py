"""What to run first on a new card: `make check-gpu`, about five minutes."""
