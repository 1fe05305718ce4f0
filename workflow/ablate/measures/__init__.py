"""What step series say about optimisation: bands over learning rates, gradients, smoothness.

Numpy alone: measures are rebuilt from steps.npz without training.
"""
