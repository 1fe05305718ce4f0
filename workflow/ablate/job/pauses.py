"""The time in which a process is stopped (SIGSTOP, Ctrl-Z, Slurm's suspend) is no training time.

A process that stands still cannot tell how long. When it goes on (SIGCONT), all since it was last
seen at work is taken for the pause: too much by one step at most.
"""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator

from ablate.training.training import Training


@contextlib.contextmanager
def left_out(training: Training, at_work: Callable[[], float]) -> Iterator[None]:
    """Leave the pauses during the block out of the seconds of `training`.

    at_work: when the process was last seen at work, in seconds of time.monotonic.
    """
    went_on = 0.0

    def go_on(number: int, frame: object) -> None:
        nonlocal went_on
        now = time.monotonic()
        training.clock += now - max(at_work(), training.clock, went_on)
        went_on = now

    before = signal.signal(signal.SIGCONT, go_on)
    try:
        yield
    finally:
        signal.signal(signal.SIGCONT, before)
