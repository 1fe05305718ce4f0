"""Lets monitors of Snakemake, such as snakesee, see that a build is at work.

They look for files in the folder of Snakemake's own locks, which the profiles switch off. A file of
ours stands there while a build runs. It is none of Snakemake's names, so it locks nothing.
"""

import atexit
import contextlib
import os
from pathlib import Path

import psutil

FOLDER = Path(".snakemake", "locks")
SUFFIX = ".ablate"


def appear() -> None:
    """Show this process as one that builds, until it ends; forget those that were killed."""
    # What a monitor shows is worth no build: a folder that cannot be written stays as it is.
    with contextlib.suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        for other in FOLDER.glob(f"*{SUFFIX}"):
            if not other.stem.isdigit() or not psutil.pid_exists(int(other.stem)):
                other.unlink(missing_ok=True)
        _file().touch()
        atexit.register(disappear)


def disappear() -> None:
    """Show it no more."""
    with contextlib.suppress(OSError):
        _file().unlink(missing_ok=True)


def _file() -> Path:
    return FOLDER / f"{os.getpid()}{SUFFIX}"
