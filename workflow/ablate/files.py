"""Files appear whole or not at all, and are known again by their bytes."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ablate.errors import AblateError

# How names of unfinished files begin; what a killed process leaves is found by it.
DRAFT = ".draft-"


@contextlib.contextmanager
def write_whole(path: str | Path) -> Iterator[Path]:
    """Give a temporary path in `path`'s folder; on success sync it to disk and rename it to `path`.

    If the block fails, the temporary file is removed and what stood at `path` stays as it was.

    Raises:
        AblateError: the folder cannot be written or the disk is full.
    """
    path = Path(path)
    # The suffix is kept: numpy and matplotlib choose the format by it.
    draft = path.with_name(f"{DRAFT}{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(exist_ok=False)
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise AblateError(
            f"{path} could not be written: {error.strerror or error}. "
            "Its old content is unchanged. Make room on the disk or fix the permissions."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write text whole, as UTF-8."""
    with write_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def read_json(path: Path) -> dict[str, Any] | None:
    """The mapping in a JSON file; None where it is missing, or unfinished or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk: only then does the new file outlive a crash of the machine."""
    # Some file systems sync no folders; the file is whole all the same.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_tree(folder: str | Path) -> None:
    """Remove a folder, and the one that it was in if that is empty then."""
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


def changed_at(path: str | Path) -> float:
    """When a file last changed, in seconds since 1970.

    By the time of its content or of its inode, the later: a copy may bring an old time of content
    with it (`cp -p`), but no old inode.

    Raises:
        OSError: it cannot be looked at.
    """
    found = Path(path).stat()
    return max(found.st_mtime, found.st_ctime)


def digest(path: str | Path) -> str:
    """sha256 of a file's bytes, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Fingerprint:
    """By what a file is known again. size: in bytes. sha256: of its bytes, in hex."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: str | Path) -> Self:
        """The fingerprint of a file as it is now.

        Raises:
            OSError: it cannot be read.
        """
        return cls(Path(path).stat().st_size, digest(path))
