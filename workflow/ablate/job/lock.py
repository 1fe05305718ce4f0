"""One process at a time trains a run."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from ablate import locks


@contextlib.contextmanager
def held(folder: str | Path) -> Iterator[bool]:
    """Hold the lock of a run's state folder; gives whether it had to wait.

    A second process says on stderr which one it waits for, and waits: an orphan ends within seconds
    (see interruption), another Snakemake's job when it is done.
    """
    lock = locks.Lock(Path(folder) / locks.NAME)
    waited = not lock.take()
    if waited:
        print(f"{_trains(lock)}; waiting for it to end", file=sys.stderr, flush=True)
    with lock:
        yield waited


def _trains(lock: locks.Lock) -> str:
    who = lock.holder()
    named = f"process {who['process']} on {who['host']}" if who else "another process"
    return f"{named} still trains this run"
