"""What CIFAR's archives hold: pickled arrays in a compressed tar, read without trust."""

import math
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data.unpickle import unpickle_arrays
from ablate.errors import AblateError

SHAPE = (3, 32, 32)

Batch = dict[bytes, Any]


def members(archive: Path, names: Collection[str]) -> dict[str, Batch]:
    """These members of the archive, unpickled; nothing is unpacked to disk.

    Raises:
        AblateError: the archive is cut short, lacks one, or one holds anything but arrays.
    """
    found = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                if member.name in names and member.isfile():
                    found[member.name] = tar.extractfile(member).read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise AblateError(f"{archive} cannot be read, it may be cut short: {error}") from None
    missing = sorted(set(names) - set(found))
    if missing:
        raise AblateError(f"{archive} lacks {', '.join(missing)}")
    return {name: _unpickled(content, archive, name) for name, content in found.items()}


def images(batch: Batch, labels: bytes, place: str) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, 3, 32, 32] and labels int64 [n] of a batch, these under the key `labels`.

    Raises:
        AblateError: it does not hold as many of the one as of the other.
    """
    pixels, found = batch.get(b"data"), np.asarray(batch.get(labels))
    expected = (len(found) if found.ndim else 0, math.prod(SHAPE))
    if getattr(pixels, "dtype", None) != np.uint8 or pixels.shape != expected:
        raise AblateError(f"{place} does not hold as many images as labels")
    return pixels.reshape(-1, *SHAPE), found.astype(np.int64)


def _unpickled(content: bytes, archive: Path, member: str) -> Batch:
    try:
        return unpickle_arrays(content)
    except AblateError as error:
        raise AblateError(f"{archive}: {member} {error}") from None
