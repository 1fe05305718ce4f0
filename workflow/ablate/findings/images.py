"""What the test images themselves say: of two trained networks, and of the seeds' scatter.

All of it is numpy on which images each network gets right.
"""

import math
from typing import TYPE_CHECKING

from ablate.findings.answer import SameImages
from ablate.findings.contrast import LEVEL

if TYPE_CHECKING:
    import numpy as np


def same_images(row: "np.ndarray", control: "np.ndarray", seed: int) -> SameImages:
    """Two networks on the same images, each image right or wrong: bool [N] each.

    Exact McNemar test: of the images on which the two differ, half would favour either
    (Psychometrika 12, 1947). The interval is that of Agresti and Min (Statistics in Medicine 24,
    2005): Wald's with half an image added to each of the four cells.
    """
    from scipy.special import bdtr, ndtri

    only_row, only_control = int((row & ~control).sum()), int((control & ~row).sum())
    differing, images = only_row + only_control, len(row)
    p = min(1.0, 2 * float(bdtr(min(only_row, only_control), differing, 0.5))) if differing else 1.0
    surplus, total = only_row - only_control, images + 2
    error = math.sqrt(differing + 1 - surplus**2 / total) / total
    half = float(ndtri((1 + LEVEL) / 2)) * error
    middle = surplus / total
    low, high = (100 * max(-1.0, min(1.0, end)) for end in (middle - half, middle + half))
    return SameImages(only_row, only_control, images, p, low, high, seed)


def shares(right: "np.ndarray") -> tuple[float, float]:
    """Of the variance of accuracy over seeds: the test images' own sampling, and the whole.

    right: bool [seeds, N] of one setting, two seeds or more. On N images the seeds' accuracies vary
    by nearly Var(true accuracy) + E[Var of one image] / N (Jordan, On the Variance of Neural
    Network Training with respect to Test Sets and Distributions, ICLR 2024); the second part first.
    """
    whole = right.mean(axis=1).var(ddof=1)
    return float(right.var(axis=0, ddof=1).mean() / right.shape[1]), float(whole)
