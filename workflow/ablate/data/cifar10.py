"""CIFAR-10 from its official archive."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data import batches
from ablate.data.archive import Archive
from ablate.data.canonical import chosen, digests
from ablate.data.images import Images

ARCHIVE = Archive(
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "cifar-10-python.tar.gz",
    "c58f30108f718f92721af3b95e74349a",
)
FOLDER = "cifar-10-batches-py"
TRAIN = tuple(f"{FOLDER}/data_batch_{i}" for i in range(1, 6))
TEST = f"{FOLDER}/test_batch"
META = f"{FOLDER}/batches.meta"


def load(settings: Mapping[str, Any]) -> Images:
    """Read the archive in the folder `settings["path"]`, downloaded first if it is not there.

    Raises:
        AblateError: no archive and no network, or an archive that is not the official one.
    """
    return read(ARCHIVE.found(Path(settings["path"])), settings)


def read(archive: Path, settings: Mapping[str, Any]) -> Images:
    """Read images and labels out of the archive.

    Raises:
        AblateError: the archive is cut short, or holds anything but the arrays expected.
    """
    found = batches.members(archive, (*TRAIN, TEST, META))
    names = [name.decode() for name in found[META][b"label_names"]]
    arrays = {}
    for part, parts in (("train", TRAIN), ("test", (TEST,))):
        read = [batches.images(found[name], b"labels", f"{archive}: {name}") for name in parts]
        images, labels = map(np.concatenate, zip(*read, strict=True))
        use = chosen(settings, part, np.array(names)[labels], digests(images))
        arrays |= {f"{part}_images": images[use], f"{part}_labels": labels[use]}
        arrays[f"{part}_of"] = len(labels)
    return Images(name="cifar10", classes=names, **arrays)
