"""CIFAR-100 from its official archive, by its hundred fine labels."""

import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ablate.data.archive import Archive
from ablate.data.canonical import chosen, digests
from ablate.data.images import Images
from ablate.data.unpickle import unpickle_arrays
from ablate.errors import AblateError

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
    return read(ARCHIVE.found(Path(settings["path"]).expanduser()), settings)


def read(archive: Path, settings: Mapping[str, Any]) -> Images:
    """Read images and labels out of the archive; nothing is unpacked to disk.

    Raises:
        AblateError: the archive is cut short, or holds anything but the arrays expected.
    """
    found = {part: _member(archive, name) for part, name in MEMBERS.items()}
    names = [name.decode() for name in found["meta"][b"fine_label_names"]]
    arrays = {}
    for part in ("train", "test"):
        images, labels = _part(found[part], archive, part)
        use = chosen(settings, part, np.array(names)[labels], digests(images))
        arrays |= {f"{part}_images": images[use], f"{part}_labels": labels[use]}
        arrays[f"{part}_of"] = len(labels)
    return Images(name="cifar100", classes=names, **arrays)


def _member(archive: Path, name: str) -> dict[bytes, Any]:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            return unpickle_arrays(tar.extractfile(name).read())
    except KeyError:
        raise AblateError(f"{archive} lacks {name}") from None
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise AblateError(f"{archive} cannot be read, it may be cut short: {error}") from None
    except AblateError as error:
        raise AblateError(f"{archive}: {name} {error}") from None


def _part(found: dict[bytes, Any], archive: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, 3, 32, 32] and labels int64 [n]."""
    pixels, labels = found.get(b"data"), np.asarray(found.get(b"fine_labels"))
    expected = (len(labels) if labels.ndim else 0, 3 * 32 * 32)
    if getattr(pixels, "dtype", None) != np.uint8 or pixels.shape != expected:
        raise AblateError(f"{archive}: {part} does not hold as many images as labels")
    return pixels.reshape(-1, 3, 32, 32), labels.astype(np.int64)
