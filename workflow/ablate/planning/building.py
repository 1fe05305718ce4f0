"""One Snakemake at a time builds a results tree; what a killed one left does not stay in the way.

Snakemake's own locks are files: they outlive a Snakemake that is killed, and one that ends removes
those of all others. The profiles switch them off. Here the system holds the lock, and drops it with
the process, however that ends, so there is nothing to unlock.
"""

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ablate.errors import AblateError
from ablate.files import DRAFT
from ablate.job import lock
from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.planning.staleness import Staleness

# Folders in which nobody but jobs of the build writes.
PRODUCTS = ("data", "runs", "tables", "figures", "report", "records")


def alone(results: Results, patient: bool = True) -> tuple[IO, bool]:
    """Wait until no other process builds `results`.

    Gives the lock, which holds while it is not closed, and whether there was another build to wait
    for. Who that is, is said on stderr.

    Raises:
        AblateError: the folder cannot be written, Ctrl-C ended the wait, or there is another build
            and the caller is not `patient`.
    """
    path = results.lock
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as error:
        raise AblateError(f"{path} could not be written: {error.strerror}") from error
    waited = not _locked(file, fcntl.LOCK_NB)
    if waited and not patient:
        file.close()
        raise AblateError(f"{results.root} {_builder(path)}; wait for it to end, or stop it")
    if waited:
        print(f"{results.root} {_builder(path)}; waiting for it to end", file=sys.stderr)
        _wait(file)
    _sign(file)
    return file, waited


def clear(plan: Plan, staleness: Staleness) -> None:
    """Remove what killed processes left: drafts of files, saved states of runs that are finished.

    To be called by the process that builds the results, and no other.
    """
    results = plan.results
    for folder in (results.root, *(results.root / name for name in PRODUCTS)):
        # A preset has its results in a folder of these: not this build's.
        inside = folder.glob if folder == results.root else folder.rglob
        for draft in inside(f"{DRAFT}*"):
            draft.unlink(missing_ok=True)
    for run, seed in plan.trainings():
        state = results.state(run, seed)
        finished = state.exists() and not staleness.due(f"runs/{run}/seed{seed}")
        if finished and not lock.is_held(state):
            shutil.rmtree(state, ignore_errors=True)


def set_back(files: Iterable[Path]) -> None:
    """Give files with a time yet to come the present one: a clock was wrong when they were written.

    Snakemake would take what is made from them for older than they are, and remove it.
    """
    now = time.time()
    for path in files:
        with contextlib.suppress(OSError):
            if path.stat().st_mtime > now:
                os.utime(path)


def _locked(file: IO, wait: int = 0) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | wait)
    except BlockingIOError:
        return False
    except OSError as error:
        print(
            f"{file.name} cannot be locked ({error.strerror}): see to it that one Snakemake at a "
            "time builds these results",
            file=sys.stderr,
        )
    return True


def _wait(file: IO) -> None:
    # By itself Snakemake's event loop would note Ctrl-C and go on waiting.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _locked(file)
    except KeyboardInterrupt:
        raise AblateError("stopped while it waited; nothing was done") from None
    finally:
        signal.signal(signal.SIGINT, before)


def _sign(file: IO) -> None:
    """Say in the lock who holds it, for those who wait."""
    signed = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join([_program(), *sys.argv[1:]]),
    }
    file.truncate(0)
    file.write(json.dumps(signed) + "\n")
    file.flush()


def _program() -> str:
    path = Path(sys.argv[0])
    return path.parent.name if path.name == "__main__.py" else path.name


def _builder(path: Path) -> str:
    try:
        who = json.loads(path.read_text())
        return (
            f"is being built by process {who['process']} on {who['host']} since {who['since']} "
            f"({who['command']})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "is being built by another process"
