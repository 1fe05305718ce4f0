"""What the commands of `ablate` answer, one module each."""
