"""What a build before this one left, and what would be in this one's way."""

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from ablate import locks
from ablate.files import DRAFT, remove_tree
from ablate.locks import Lock
from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.planning.staleness import Staleness

# Folders in which nobody but jobs writes: of this build, or orphaned trainings of another.
PRODUCTS = ("data", "runs", "state", "tables", "figures", "report", "records")


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
