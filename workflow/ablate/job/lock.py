"""One process at a time trains a run."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import filelock

from ablate.errors import AblateError

NAME = "lock"
EVERY_SECONDS = 0.2


@contextlib.contextmanager
def held(folder: str | Path) -> Iterator[bool]:
    """Hold the lock of a run's state folder; gives whether it had to wait.

    The system drops the lock with the process, however that ends. A second process says on stderr
    which one it waits for, and waits: an orphan ends within seconds (see interruption), another
    Snakemake's job when it is done.

    Raises:
        AblateError: the folder cannot be written.
    """
    path = Path(folder) / NAME
    lock = filelock.FileLock(path)
    waited = False
    while not _taken(lock, path):
        if not waited:
            print(
                f"process {holder(folder) or 'unknown'} still trains this run; "
                "waiting for it to end",
                file=sys.stderr,
                flush=True,
            )
        waited = True
        time.sleep(EVERY_SECONDS)
    # On a full disk the name of the holder is missing, not the lock.
    with contextlib.suppress(OSError):
        path.write_text(str(os.getpid()))
    try:
        yield waited
    finally:
        lock.release()


def _taken(lock: filelock.BaseFileLock, path: Path) -> bool:
    """Whether the lock could be had at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    # A holder that is done removes the folder, lock and all.
    except (filelock.Timeout, FileNotFoundError):
        return False
    except OSError as error:
        raise AblateError(f"{path} could not be written: {error.strerror or error}") from error
    return True


def holder(folder: str | Path) -> int | None:
    """The process that holds, or held last, a run's lock; None where none ever did."""
    try:
        return int((Path(folder) / NAME).read_text())
    except (OSError, ValueError):
        return None


def is_held(folder: str | Path) -> bool:
    """Whether a process trains this run now."""
    path = Path(folder) / NAME
    if not path.exists():
        return False
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    except FileNotFoundError:
        return False
    lock.release()
    return False
