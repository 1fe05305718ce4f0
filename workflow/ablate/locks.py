"""One way to lock: the system holds the lock of a file, and drops it with the process, however that
ends, so there is nothing to unlock after a crash. The file says who holds it.

Some file systems have no locks, or not over the network. Then each process says so and goes on: a
lock by the mere existence of a file (filelock's soft lock) would outlive those who are killed.
"""

import contextlib
import errno
import fcntl
import functools
import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import filelock

from ablate.errors import AblateError
from ablate.files import read_json

NAME = "lock"
EVERY_SECONDS = 0.2
# How a file system says that it has no locks: NFS without its lock service, Lustre without flock.
UNLOCKABLE = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)


class Lock:
    """The lock of the file `path`: `with Lock(path):` waits for it and holds it.

    said: what else the file says while it is held.
    """

    def __init__(self, path: str | Path, **said: str) -> None:
        self.path = Path(path)
        self.said = said
        self._lock = filelock.FileLock(self.path, fallback_to_soft=False)

    def take(self) -> bool:
        """Take the lock and sign it; False where another process holds it.

        Where there are no locks, this says so once and answers True.
        """
        if not self._acquire():
            return False
        signed = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": shlex.join([_program(), *sys.argv[1:]]),
            **self.said,
        }
        # On a full disk the name of the holder is missing, not the lock.
        with contextlib.suppress(OSError):
            self.path.write_text(json.dumps(signed) + "\n", encoding="utf-8")
        return True

    def wait(self, check: Callable[[], None] = lambda: None) -> None:
        """Take the lock as soon as nobody else holds it; until then `check` may end the wait."""
        while not self.take():
            check()
            time.sleep(EVERY_SECONDS)

    def release(self) -> None:
        """Let others take the lock."""
        self._lock.release()

    def __enter__(self) -> Self:
        if not self._lock.is_locked:
            self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def is_held(self) -> bool:
        """Whether a process holds the lock now; False where nobody can tell.

        It may be another user's. Two who look at once do not take each other for holders.
        """
        try:
            with self.path.open("rb") as looked_at:
                fcntl.flock(looked_at, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return isinstance(error, BlockingIOError)
        return False

    def holder(self) -> dict[str, str | int] | None:
        """Who holds the lock, or held it last: process, host, since, command, and what else it
        said. None if unknown."""
        who = read_json(self.path) or {}
        return who if {"process", "host", "since", "command"} <= set(who) else None

    def named(self) -> str:
        """Who holds the lock, in words."""
        who = self.holder()
        return f"process {who['process']} on {who['host']}" if who else "another process"

    def _acquire(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        # A training that is done removes its folder, lock and all, under those who wait.
        except (filelock.Timeout, FileNotFoundError):
            return False
        except OSError as error:
            if error.errno not in UNLOCKABLE:
                raise AblateError(
                    f"{self.path} could not be written: {error.strerror or error}"
                ) from error
            _say_unlockable(self.path, error.strerror)
        return True


@functools.cache
def _say_unlockable(path: Path, reason: str) -> None:
    print(
        f"{path} cannot be locked ({reason}): make sure that only one Snakemake at a time works on "
        "these results",
        file=sys.stderr,
        flush=True,
    )


def _program() -> str:
    path = Path(sys.argv[0])
    return path.parent.name if path.name == "__main__.py" else path.name
