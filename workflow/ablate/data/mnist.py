"""MNIST: handwritten digits, from the archives that torchvision takes."""

from collections.abc import Mapping
from typing import Any

from ablate.data import idx
from ablate.data.images import Images

URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
FILES = idx.archives(
    URL,
    "mnist",
    train_images="f68b3c2dcbeaaa9fbdd348bbdeb94873",
    train_labels="d53e105ee54ea40749a09fcbcd1e9432",
    test_images="9fb629c4189551a2d022fa330f9573f3",
    test_labels="ec29112dd5afa0611ce80d1b7f02629c",
)
CLASSES = [str(digit) for digit in range(10)]


def load(settings: Mapping[str, Any]) -> Images:
    """Read the archives in the folder `settings["path"]`; see `idx.load`."""
    return idx.load(settings, "mnist", CLASSES, FILES)
