"""A job's log: its stderr, in a file on the disk that its results fill too."""

import contextlib
import sys


def note(text: str) -> None:
    """Write a line to the log, if it can be written: on a full disk the job goes on without."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)
