"""ablate: change one thing in a neural network, train, compare, as one reproducible DAG."""
