"""What became of the attempts at one training within one build.

Snakemake tries a job again whatever ended it. What was refused (settings that do not fit, a card
without memory) would be refused again, so the next attempt says the same and ends at once. What
ended without a word was killed, most likely for its memory: then the next attempt asks for more.
What stopped in order (it was preempted, or its time was up) goes on as it was.

Snakemake removes a job's log before each attempt. So each keeps a second name of its log where the
state is, and the next begins its own with what that says.
"""

import contextlib
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ablate.building import fence
from ablate.errors import AblateError
from ablate.files import write_text

NAME = "attempts.json"
LOG = "log.txt"
# How a log says that an attempt begins.
SAYS = "-- attempt "


@dataclass
class Attempts:
    """Attempts so far.

    Attributes:
        build: the token of the build.
        begun: how many there were.
        ended: how many of them ended in order.
        refused: why there can be no other.
    """

    build: str | None
    begun: int = 0
    ended: int = 0
    refused: str | None = None

    @property
    def silent(self) -> int:
        """How many ended without a word."""
        return self.begun - self.ended


def read(state: Path) -> Attempts:
    """The attempts of this build; none where nothing is written of them."""
    build = fence.token()
    try:
        found = Attempts(**json.loads((state / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Attempts(build)
    return found if found.build == build else Attempts(build)


def begin(state: Path, log: Path) -> None:
    """Note that an attempt begins, and say so on stderr, after what earlier ones have said.

    log: where stderr goes.

    Raises:
        AblateError: this build was refused it before.
    """
    if fence.token() is None:
        return
    attempts = read(state)
    _repeat(state / LOG, log)
    _say(attempts.begun + 1)
    if attempts.refused is not None:
        raise AblateError(f"{attempts.refused} (not tried again)")
    attempts.begun += 1
    _write(state, attempts)
    _keep(log, state / LOG)


def end(state: Path, refused: str | None = None) -> None:
    """Note that an attempt has ended in order; `refused` says why another would fail as well."""
    if fence.token() is None or not state.exists():
        return
    attempts = read(state)
    attempts.ended += 1
    attempts.refused = refused
    _write(state, attempts)


def _write(state: Path, attempts: Attempts) -> None:
    try:
        write_text(state / NAME, json.dumps(asdict(attempts)))
    except AblateError:
        # What is to be said of a full disk, the training says.
        return


def _repeat(kept: Path, log: Path) -> None:
    """Say on stderr what earlier attempts have said, unless nobody has removed their log."""
    with contextlib.suppress(OSError):
        if not kept.samefile(log):
            print(
                kept.read_text(errors="replace", encoding="utf-8"),
                end="",
                file=sys.stderr,
                flush=True,
            )


def _keep(log: Path, kept: Path) -> None:
    """Let a log's text outlive its name; where a file can have one name only, it does not."""
    link = kept.with_suffix(".new")
    with contextlib.suppress(OSError):
        link.unlink(missing_ok=True)
        link.hardlink_to(log)
        link.replace(kept)


def _say(number: int) -> None:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    job = os.environ.get("SLURM_JOB_ID")
    where = socket.gethostname() + (f", Slurm job {job}" if job else "")
    # On a full disk the attempt goes on without.
    with contextlib.suppress(OSError):
        print(f"{SAYS}{number}, {when}, {where}", file=sys.stderr, flush=True)
