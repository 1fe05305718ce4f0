"""`ablate export`: finished runs, for another results tree to take in."""

import re
from pathlib import Path

from rich.console import Console

from ablate.commands.terminal import say
from ablate.errors import AblateError
from ablate.planning import claims
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs import travel

OTHER_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|t[bgx]z2?|tzst|zip|7z|[gx]z)$")


def show(plan: Plan, out: Path, console: Console) -> int:
    """Write every run of the plan that is finished and up to date to `out`. Always 0.

    Raises:
        AblateError: `out` is an archive of another kind, or holds more than exported runs.
    """
    _check(out)
    products = Products(plan)
    staleness = Staleness(products)
    runs, finished = products.of_kind("runs"), staleness.finished()
    folders = [(name, products[name].record.parent) for name in finished]
    travel.pack(folders, out, claims.weighed(plan))
    say(console, f"{len(finished)} of {len(runs)} runs exported to {out}")
    return 0


def _check(out: Path) -> None:
    if not out.name.endswith(travel.ARCHIVE) and OTHER_ARCHIVE.search(out.name):
        raise AblateError(f"{out}: an export is a folder, or an archive ({travel.ARCHIVE})")
    others = sorted({path.name for path in out.iterdir()} - {"runs"}) if out.is_dir() else []
    if others:
        raise AblateError(
            f"{out} holds {', '.join(others)}, which no export wrote: name another folder; to "
            "bring runs into a results folder, export them to a file and merge that there"
        )
