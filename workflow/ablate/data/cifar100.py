"""CIFAR-100 from its official archive, by its hundred fine labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data import batches
from ablate.data.archive import Archive
from ablate.data.canonical import chosen, digests
from ablate.data.images import Images

ARCHIVE = Archive(
    "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    "cifar-100-python.tar.gz",
    "eb9058c3a382ffc7106e4002c42a8d85",
)
MEMBERS = {part: f"cifar-100-python/{part}" for part in ("train", "test", "meta")}


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
    found = batches.members(archive, MEMBERS.values())
    names = [name.decode() for name in found[MEMBERS["meta"]][b"fine_label_names"]]
    arrays = {}
    for part in ("train", "test"):
        place = f"{archive}: {MEMBERS[part]}"
        images, labels = batches.images(found[MEMBERS[part]], b"fine_labels", place)
        use = chosen(settings, part, np.array(names)[labels], digests(images))
        arrays |= {f"{part}_images": images[use], f"{part}_labels": labels[use]}
        arrays[f"{part}_of"] = len(labels)
    return Images(name="cifar100", classes=names, **arrays)
