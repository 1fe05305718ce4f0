"""To which build a job belongs: what was sent by a build that another has followed must not begin.

A job may wait in a cluster's queue for days. If its Snakemake dies meanwhile and another builds the
same results, the job would at last begin with clearing the files of a run that is finished. So each
build writes a token into its lock and hands it to its jobs through the environment.
"""

import os
import secrets
from pathlib import Path

from ablate.locks import Lock

VARIABLE = "ABLATE_BUILD"


def begin() -> str:
    """A new build's token; all that this process starts or submits from now on inherits it."""
    os.environ[VARIABLE] = secrets.token_hex(8)
    return os.environ[VARIABLE]


def token() -> str | None:
    """The token of the build that this process belongs to; None where there is none."""
    return os.environ.get(VARIABLE)


def follower(lock: Path) -> str | None:
    """Who has begun to build after the build that this process belongs to; None if nobody has.

    lock: what the newest build has signed. A process of no build, and a lock without a token, tell
    nothing.
    """
    who = Lock(lock).holder() or {}
    if "token" not in who or token() in (None, who["token"]):
        return None
    return f"{Lock(lock).named()} since {who['since']}"
