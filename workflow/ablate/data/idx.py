"""Grey images and labels in the IDX files of MNIST and its relatives."""

import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data.archive import Archive
from ablate.data.canonical import chosen, digests
from ablate.data.images import Images
from ablate.errors import AblateError

SIDE = 28
NAMES = {
    "train_images": "train-images-idx3-ubyte.gz",
    "train_labels": "train-labels-idx1-ubyte.gz",
    "test_images": "t10k-images-idx3-ubyte.gz",
    "test_labels": "t10k-labels-idx1-ubyte.gz",
}


def archives(url: str, prefix: str, **md5: str) -> dict[str, Archive]:
    """The four archives under `url`, kept under names that begin with `prefix`."""
    return {
        what: Archive(url + name, f"{prefix}-{name}", md5[what]) for what, name in NAMES.items()
    }


def load(
    settings: Mapping[str, Any], name: str, classes: list[str], files: Mapping[str, Archive]
) -> Images:
    """Read the archives in the folder `settings["path"]`, downloaded first if they are not there.

    Every network here sees three channels, so the grey is repeated in each. `settings["size"]`: 28,
    or 32 with two black pixels on every side.

    Args:
        files: train_images, train_labels, test_images, test_labels.

    Raises:
        AblateError: no archive and no network, or archives that are not the official ones.
    """
    folder = Path(settings["path"])
    arrays: dict[str, Any] = {}
    for part in ("train", "test"):
        images = images_in(files[f"{part}_images"].found(folder))
        labels = labels_in(files[f"{part}_labels"].found(folder), len(images))
        edge = (settings["size"] - SIDE) // 2
        padded = np.pad(images, ((0, 0), (edge, edge), (edge, edge)))
        coloured = np.repeat(padded[:, None], 3, axis=1)
        use = chosen(settings, part, np.array(classes)[labels], digests(coloured))
        arrays |= {f"{part}_images": coloured[use], f"{part}_labels": labels[use]}
        arrays[f"{part}_of"] = len(labels)
    return Images(name=name, classes=classes, **arrays)


def images_in(path: Path) -> np.ndarray:
    """uint8 [n, 28, 28]."""
    return _read(path, 2051, 3).reshape(-1, SIDE, SIDE)


def labels_in(path: Path, count: int) -> np.ndarray:
    """int64 [n].

    Raises:
        AblateError: there are not `count` of them, from 0 to 9.
    """
    labels = _read(path, 2049, 1).astype(np.int64)
    if len(labels) != count or (count and labels.max() > 9):
        raise AblateError(f"{path} does not hold a label from 0 to 9 for each of {count} images")
    return labels


def _read(path: Path, magic: int, dimensions: int) -> np.ndarray:
    """The bytes of an IDX file: its magic number and sizes in 4 bytes each, then uint8 values."""
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise AblateError(f"{path} cannot be read, it may be cut short: {error}") from None
    start = 4 + 4 * dimensions
    head = np.frombuffer(content[:start], ">i4") if len(content) >= start else np.zeros(1)
    sizes = [int(size) for size in head[1:]]
    whole = len(content) == start + int(np.prod(sizes, dtype=np.int64))
    if head[0] != magic or not whole or sizes[1:] != [SIDE] * (dimensions - 1):
        raise AblateError(f"{path} is no IDX file of what it should hold")
    return np.frombuffer(content, np.uint8, offset=start)
