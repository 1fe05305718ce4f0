"""What every source of images gives."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Images:
    """Images of one size in two parts, with what a manifest says of them.

    train_images, test_images: uint8 [n, 3, H, W], RGB.
    train_labels, test_labels: int64 [n], indices into `classes`.
    train_of, test_of: how many images the source holds; more than n where a subset was taken.
    synthetic: whether a program drew them.
    """

    name: str
    classes: list[str]
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    train_of: int
    test_of: int
    synthetic: bool = False
