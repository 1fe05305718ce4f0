"""Images to train on: noise of CIFAR-10's size, or any packed images."""

import dataclasses
from pathlib import Path

import numpy as np

from ablate.data import dataset
from ablate.data.dataset import Dataset
from ablate.data.manifest import Manifest
from benchmarks.cases import BATCH_SIZES

# Whole batches of every size, so that no timed batch is a smaller last one.
MULTIPLE = max(BATCH_SIZES)
COUNT = 98 * MULTIPLE  # 50,176: CIFAR-10 has 50,000
TEST = 10_000


def noise(count: int = COUNT, test: int = TEST, size: int = 32) -> Dataset:
    """Images of even noise and ten classes; what an image shows costs no time."""
    draw = np.random.default_rng(0)
    arrays = {}
    for part, n in (("train", count), ("test", test)):
        arrays[f"{part}_images"] = draw.integers(0, 256, (n, 3, size, size), np.uint8)
        arrays[f"{part}_labels"] = draw.integers(0, 10, n)
    spread = 1 / np.sqrt(12)
    manifest = Manifest(
        name="noise",
        digest="",
        classes=[str(label) for label in range(10)],
        train=count,
        test=test,
        train_of=count,
        test_of=test,
        size=(size, size),
        mean=(0.5, 0.5, 0.5),
        std=(spread, spread, spread),
        synthetic=True,
        source="synthetic",
    )
    return Dataset(**arrays, manifest=manifest)


def packed(folder: Path) -> Dataset:
    """The images that a pack step left in `folder`, cut to a multiple of the largest batch."""
    whole = dataset.load(folder)
    kept = len(whole.train_labels) // MULTIPLE * MULTIPLE or len(whole.train_labels)
    return dataclasses.replace(
        whole, train_images=whole.train_images[:kept], train_labels=whole.train_labels[:kept]
    )
