"""What a network reaches that has learnt nothing."""

import math

import numpy as np


def chance(labels: np.ndarray) -> float:
    """The accuracy, in percent, of naming the commonest class of `labels` (int [N]) every time.

    With equally frequent classes, as in CIFAR-10, that is 100 / C.
    """
    return float(100.0 * np.bincount(labels.astype(np.int64)).max() / len(labels))


def is_at_chance(accuracy: float, labels: np.ndarray) -> bool:
    """Whether `accuracy` (percent) is at most chance + 3 standard errors sqrt(p (1 - p) / N).

    Never where no accuracy could lie above that: with one class, or a handful of images, nobody can
    tell a network that has learnt from one that has not.
    """
    p = chance(labels) / 100
    most = p + 3 * math.sqrt(p * (1 - p) / len(labels))
    return most < 1 and accuracy / 100 <= most
