"""One Snakemake at a time builds a results tree; what a killed one left does not stay in the way.

Snakemake's own locks are files: they outlive a Snakemake that is killed, and one that ends removes
those of all others. The profiles switch them off.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from ablate import locks
from ablate.errors import AblateError
from ablate.files import DRAFT, remove_tree
from ablate.locks import Lock
from ablate.paths import Results
from ablate.planning import fence
from ablate.planning.plan import Plan
from ablate.planning.staleness import Staleness

# Folders in which nobody but jobs writes: of this build, or orphaned trainings of another.
PRODUCTS = ("data", "runs", "state", "tables", "figures", "report", "records")


def alone(results: Results, patient: bool = True) -> tuple[Lock, bool]:
    """Wait until no other process builds `results`.

    Gives the lock, held, and whether there was another build to wait for. Who that is, is said on
    stderr.

    Raises:
        AblateError: the folder cannot be written, Ctrl-C ended the wait, or there is another build
            and the caller is not `patient`.
    """
    _make_folder_of(results.lock)
    lock = Lock(results.lock, token=fence.begin())
    if lock.take():
        return lock, False
    built = f"{results.root} is being built by {_builder(lock)}"
    if not patient:
        raise AblateError(f"{built}; wait for it to end, or stop it")
    print(f"{built}; waiting for it to end", file=sys.stderr)
    _wait(lock)
    return lock, True


def _make_folder_of(file: Path) -> None:
    for part in reversed(file.parents):
        if part.is_symlink() and not part.exists():
            raise AblateError(
                f"{part} is a link to {part.readlink()}, which is not there: is a disk not mounted?"
            )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AblateError(f"{file} could not be written: {error.strerror or error}") from error


def clear(plan: Plan, staleness: Staleness) -> None:
    """Remove what killed processes left: drafts of files, saved states of runs that are finished.

    To be called by the process that builds the results, and no other.
    """
    results = plan.results
    for folder in (results.root, *(results.root / name for name in PRODUCTS)):
        # A preset has its results in a folder of these: not this build's.
        inside = folder.glob if folder == results.root else folder.rglob
        for draft in inside(f"{DRAFT}*"):
            if not _is_being_written(results, draft):
                draft.unlink(missing_ok=True)
    for each in plan.trainings():
        state = results.state(*each)
        finished = state.exists() and not staleness.due(f"runs/{each}")
        if finished and not _is_at_work(state):
            remove_tree(state)


def _is_being_written(results: Results, draft: Path) -> bool:
    """Whether a draft is of a training that is at work."""
    kind, *run = draft.relative_to(results.root).parts[:3]
    return kind in ("runs", "state") and _is_at_work(results.root.joinpath("state", *run))


def _is_at_work(state: Path) -> bool:
    """Whether a training is, though its Snakemake may be gone. state: its folder."""
    return Lock(state / locks.NAME).is_held()


def set_back(files: Iterable[Path]) -> None:
    """Give files with a time yet to come the present one: a clock was wrong when they were written.

    Snakemake would take what is made from them for older than they are, and remove it.
    """
    now = time.time()
    for path in files:
        with contextlib.suppress(OSError):
            if path.stat().st_mtime > now:
                os.utime(path)


def _wait(lock: Lock) -> None:
    # By itself Snakemake's event loop would note Ctrl-C and go on waiting.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        lock.wait()
    except KeyboardInterrupt:
        raise AblateError("interrupted while waiting; nothing was done") from None
    finally:
        signal.signal(signal.SIGINT, before)


def _builder(lock: Lock) -> str:
    who = lock.holder()
    return lock.named() + (f" since {who['since']} ({who['command']})" if who else "")
