"""What a network reaches that has learnt nothing."""

import math

import numpy as np


def chance(labels: np.ndarray) -> float:
    """The accuracy, in percent, of naming the commonest class of `labels` (int [N]) every time.

    With equally frequent classes, as in CIFAR-10, that is 100 / C.
    """
    return float(100.0 * np.bincount(labels.astype(np.int64)).max() / len(labels))


def is_at_chance(accuracy: float, labels: np.ndarray) -> bool:
    """Whether `accuracy` (percent) is at most chance + 3 standard errors sqrt(p (1 - p) / N)."""
    p = chance(labels) / 100
    return accuracy / 100 <= p + 3 * math.sqrt(p * (1 - p) / len(labels))
