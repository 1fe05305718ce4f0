"""CIFAR-10 from its official archive: on disk or downloaded, verified before it is opened."""

import hashlib
import http.client
import math
import sys
import tarfile
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ablate.data.canonical import chosen, digests
from ablate.data.images import Images
from ablate.data.unpickle import unpickle_arrays
from ablate.errors import AblateError
from ablate.files import write_whole

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
ARCHIVE = "cifar-10-python.tar.gz"
BYTES = 170_498_071
MD5 = "c58f30108f718f92721af3b95e74349a"

FOLDER = "cifar-10-batches-py"
TRAIN = tuple(f"{FOLDER}/data_batch_{i}" for i in range(1, 6))
TEST = f"{FOLDER}/test_batch"
META = f"{FOLDER}/batches.meta"
SHAPE = (3, 32, 32)


def load(settings: Mapping[str, Any]) -> Images:
    """Read the archive in the folder `settings["path"]`, downloaded first if it is not there.

    Raises:
        AblateError: no archive and no network, or an archive that is not the official one.
    """
    archive = Path(settings["path"]) / ARCHIVE
    if not archive.exists():
        download(archive)
    fault = _fault(archive)
    if fault:
        raise AblateError(
            f"{archive} {fault}. Delete it to have {URL} downloaded, or {_by_hand(archive)}"
        )
    return read(archive, settings)


def download(archive: Path) -> None:
    """Fetch the archive; only a verified one appears at `archive`.

    Raises:
        AblateError: there is no way to the server, or it gave something else.
    """
    print(f"downloading {URL} to {archive}", file=sys.stderr)
    with write_whole(archive) as draft:
        with draft.open("wb") as file:
            for block in _blocks(archive):
                file.write(block)
                _tell(file.tell() - len(block), file.tell())
        fault = _fault(draft)
        if fault:
            raise AblateError(f"What came from {URL} {fault}. Try again, or {_by_hand(archive)}")


def read(archive: Path, settings: Mapping[str, Any]) -> Images:
    """Read images and labels out of the archive; nothing is unpacked to disk.

    Raises:
        AblateError: the archive is cut short, or holds anything but the arrays expected.
    """
    members = _members(archive)
    missing = {*TRAIN, TEST, META} - members.keys()
    if missing:
        raise AblateError(f"{archive} lacks {', '.join(sorted(missing))}")
    batches = {name: _unpickle(content, archive, name) for name, content in members.items()}
    names = [name.decode() for name in batches[META][b"label_names"]]
    train = _join([_batch(batches[n], archive, n) for n in TRAIN])
    test = _batch(batches[TEST], archive, TEST)
    train_images, train_labels = _subset(settings, "train", names, *train)
    test_images, test_labels = _subset(settings, "test", names, *test)
    return Images(
        name="cifar10",
        classes=names,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        train_of=len(train[1]),
        test_of=len(test[1]),
    )


def _subset(
    settings: Mapping[str, Any], part: str, names: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    use = chosen(settings, part, np.array(names)[labels], digests(images))
    return images[use], labels[use]


def _by_hand(archive: Path) -> str:
    return f"put that archive at {archive} by hand ({BYTES:,} bytes, md5 {MD5})"


def _blocks(archive: Path) -> Iterator[bytes]:
    try:
        with urllib.request.urlopen(URL, timeout=60) as response:
            while block := response.read(1 << 20):
                yield block
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise AblateError(f"{URL} cannot be read ({reason}): {_by_hand(archive)}") from None


def _tell(before: int, now: int) -> None:
    """Say so whenever another tenth has come."""
    tenths = now * 10 // BYTES
    if tenths > before * 10 // BYTES:
        print(f"{ARCHIVE}: {tenths * 10} %", file=sys.stderr)


def _fault(archive: Path) -> str | None:
    """What is wrong with the archive, if anything; told from its bytes, without opening it."""
    size = archive.stat().st_size
    if size < BYTES:
        return f"is cut short: {size:,} of {BYTES:,} bytes"
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return None if found == MD5 else f"is not the official archive: its md5 is {found}, not {MD5}"


def _members(archive: Path) -> dict[str, bytes]:
    found = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _refuse_unsafe(member, archive)
                if member.name in (*TRAIN, TEST, META):
                    found[member.name] = tar.extractfile(member).read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise AblateError(f"{archive} cannot be read, it may be cut short: {error}") from None
    return found


def _refuse_unsafe(member: tarfile.TarInfo, archive: Path) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise AblateError(
            f"{archive} is refused: its member {member.name!r} would leave the folder"
        )
    if not (member.isfile() or member.isdir()):
        raise AblateError(f"{archive} is refused: its member {member.name!r} is a link or a device")


def _unpickle(content: bytes, archive: Path, member: str) -> dict[bytes, Any]:
    try:
        return unpickle_arrays(content)
    except AblateError as error:
        raise AblateError(f"{archive}: {member} {error}") from None


def _batch(batch: dict[bytes, Any], archive: Path, member: str) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, 3, 32, 32] and labels int64 [n] of one unpickled batch."""
    pixels, labels = batch.get(b"data"), np.asarray(batch.get(b"labels"))
    expected = (len(labels) if labels.ndim else 0, math.prod(SHAPE))
    if getattr(pixels, "dtype", None) != np.uint8 or pixels.shape != expected:
        raise AblateError(f"{archive}: {member} does not hold as many images as labels")
    return pixels.reshape(-1, *SHAPE), labels.astype(np.int64)


def _join(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels)
