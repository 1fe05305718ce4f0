"""When a training has to stop: it was asked to, or nobody waits for it any more.

A Snakemake that is killed (kill -9, out of memory) leaves its jobs running. Their outputs would
count as incomplete and be made anew, so such an orphan has nothing to work for: it saves its state
and ends, and the next Snakemake's job, which waits for the lock meanwhile, goes on from there.

An orphan is told by its ancestors. At the start the processes above this one that are Snakemake
are noted, with the times they began; once one of them is gone, this is an orphan. The parent alone
would not do: it is a shell, which outlives its Snakemake. A training started by hand has no such
ancestor and is never an orphan.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import PurePath

import psutil

from ablate.launch.client import CLIENT

# How often to look for the ancestors; a look costs some 20 microseconds each.
EVERY_SECONDS = 1.0
ASKED_BY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Interrupted(Exception):
    """Training has to stop; what it has done so far can be saved.

    signal: the one that asked. saved: whether anything was saved.
    """

    def __init__(self, reason: str, signal: int = signal.SIGTERM) -> None:
        super().__init__(reason)
        self.signal = signal
        self.saved = False


class Interruption:
    """Raises Interrupted from `check` once this process should stop."""

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        above = psutil.Process().parents()
        self.owners = [*filter(is_snakemake, above), *waiting_clients()]
        self.next_look = 0.0
        self.checked = time.monotonic()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Let these signals be noted rather than end the process at once.

        One that is ignored (SIGHUP under nohup) stays so.
        """
        heard = [number for number in ASKED_BY if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._note) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def check(self) -> None:
        """Return, or raise Interrupted with the reason; `checked` is when this was last called."""
        self.checked = now = time.monotonic()
        if self.received is not None:
            raise Interrupted(f"asked to stop ({self.received.name})", self.received)
        if now >= self.next_look:
            self.next_look = now + EVERY_SECONDS
            if self.orphaned():
                raise Interrupted("the Snakemake that started this training is gone")

    def orphaned(self) -> bool:
        """Whether a Snakemake that started this process is gone."""
        return not all(alive(owner) for owner in self.owners)

    def _note(self, number: int, frame: object) -> None:
        self.received = signal.Signals(number)


def waiting_clients() -> list[psutil.Process]:
    """The process that waits for this one where a launcher forked it; see ablate.launch.

    Raises:
        Interrupted: it has gone already.
    """
    client = os.environ.get(CLIENT)
    try:
        return [] if client is None else [psutil.Process(int(client))]
    except psutil.NoSuchProcess:
        raise Interrupted("the job that asked for this training is gone") from None


def is_snakemake(process: psutil.Process) -> bool:
    """Whether a process runs Snakemake, by the words of its command line."""
    try:
        return any(PurePath(word).name == "snakemake" for word in process.cmdline())
    except psutil.Error:
        return False


def alive(process: psutil.Process) -> bool:
    """Whether this very process, not a later one of its number, still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
