"""Starts the server for a build on this machine."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ablate.launch.client import PLACE

PACKAGE = Path(__file__).parents[2]


def start() -> subprocess.Popen | None:
    """Start the server; jobs of this process find it by the environment.

    It loads while the first jobs start: they wait for it. Where sockets cannot be had it is left
    out, and jobs start alone; so do they where ABLATE_LAUNCHER is set to nothing.
    """
    if PLACE in os.environ:
        return None
    try:
        place = Path(tempfile.mkdtemp(prefix="ablate-")) / "launcher"
    except OSError:
        return None
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", "ablate.launch.server", str(place)]
    command.append(str(os.getpid()))
    try:
        server = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=opened(1), stderr=opened(2)
        )
    except OSError:
        place.parent.rmdir()
        return None
    os.environ[PLACE] = str(place)
    return server


def opened(number: int) -> int | None:
    """What a process started from here has as this file: its own, or nothing where it is closed."""
    try:
        # Another file that has taken the number of a closed one is not passed on.
        passed_on = os.get_inheritable(number)
    except OSError:
        passed_on = False
    return None if passed_on else subprocess.DEVNULL
