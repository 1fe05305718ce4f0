"""What step series say about optimisation: bands over learning rates, gradients, smoothness.

Without torch: measures are rebuilt from steps.npz without training.
"""
