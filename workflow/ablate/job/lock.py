"""One process at a time trains a run."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ablate import locks
from ablate.job import log


@contextlib.contextmanager
def held(folder: str | Path, check: Callable[[], None] = lambda: None) -> Iterator[bool]:
    """Hold the lock of a run's state folder; gives whether it had to wait.

    A second process says in its log which one it waits for, and waits: an orphan ends within
    seconds (see interruption), another Snakemake's job when it is done. `check` may end the wait.
    """
    lock = locks.Lock(Path(folder) / locks.NAME)
    waited = not lock.take()
    if waited:
        log.note(f"{lock.named()} still trains this run; waiting for it to end")
        lock.wait(check)
    with lock:
        yield waited
