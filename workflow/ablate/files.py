"""Files appear whole or not at all."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The suffix is kept: numpy and matplotlib choose the format by it.
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f"{DRAFT}{path.stem}-", suffix="".join(path.suffixes[-1:])
        )
        os.close(handle)
        draft = Path(name)
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    except OSError as error:
        raise AblateError(
            f"{path} could not be written: {error.strerror or error}. "
            "What stood there before is unchanged; free the disk or mend the rights, start again."
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def digest(path: Path) -> str:
    """sha256 of a file's bytes, read whole: for small files."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
