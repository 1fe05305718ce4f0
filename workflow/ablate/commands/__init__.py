"""What the commands of `ablate` answer: a module of each one's name, and what several stand on."""
