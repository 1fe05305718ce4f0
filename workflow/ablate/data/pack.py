"""Turns any source of images into one verified uint8 file and its manifest."""

import importlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data import canonical, shared
from ablate.data.dataset import ARRAYS, Dataset, digest, load, save
from ablate.data.manifest import Manifest
from ablate.errors import AblateError

__all__ = ["Dataset", "channel_statistics", "load", "pack"]


def pack(settings: Mapping[str, Any], folder: str | Path) -> Manifest:
    """Load the images that `settings` (the resolved `data` mapping) name, write them to `folder`.

    `settings["source"]` names the module of this package that loads them, or a function of one's
    own, file.name.

    Raises:
        AblateError: the source cannot give its images, or the folder cannot be written.
    """
    module = "own" if "." in settings["source"] else settings["source"]
    source = importlib.import_module(f"ablate.data.{module}")
    images = canonical.ordered(source.load(settings))
    if len(images.classes) < 2:
        raise AblateError(
            f"data: found one class, {images.classes[0]!r}, which every answer gets right; two at "
            "least are needed"
        )
    arrays = {name: np.ascontiguousarray(getattr(images, name)) for name in ARRAYS}
    mean, std = channel_statistics(images.train_images)
    manifest = Manifest(
        name=images.name,
        digest=digest(arrays),
        classes=images.classes,
        train=len(images.train_labels),
        test=len(images.test_labels),
        train_of=images.train_of,
        test_of=images.test_of,
        size=images.train_images.shape[2:],
        mean=mean,
        std=std,
        synthetic=images.synthetic,
        source=settings["source"],
    )
    save(arrays, manifest, folder)
    shared.note(arrays, manifest, folder)
    return manifest


def channel_statistics(images: np.ndarray) -> tuple[list[float], list[float]]:
    """Mean and population standard deviation of each channel of uint8 [n, C, H, W], in 0..1.

    Summed in whole numbers, so that every machine gets the same digits.
    """
    mean, std = [], []
    values = range(256)
    for channel in range(images.shape[1]):
        counts = np.zeros(256, np.int64)
        # In slices: bincount widens what it counts to 8 bytes a pixel.
        for start in range(0, len(images), 1000):
            pixels = images[start : start + 1000, channel].ravel()
            counts += np.bincount(pixels, minlength=256)
        n = int(counts.sum())
        first = sum(v * int(c) for v, c in zip(values, counts, strict=True))
        second = sum(v * v * int(c) for v, c in zip(values, counts, strict=True))
        mean.append(first / (255 * n))
        std.append(math.sqrt((n * second - first * first) / (255 * n) ** 2))
    return mean, std
