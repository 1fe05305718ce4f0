"""`ablate export`: finished runs, for another results tree to take in."""

from pathlib import Path

from rich.console import Console

from ablate.commands.terminal import say
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs import travel


def show(plan: Plan, out: Path, console: Console) -> int:
    """Write every run of the plan that is finished and up to date to `out`. Always 0."""
    products = Products(plan)
    staleness = Staleness(products)
    runs, finished = products.of_kind("runs"), staleness.finished()
    travel.pack([(name, products[name].record.parent) for name in finished], out)
    say(console, f"{len(finished)} of {len(runs)} runs exported to {out}")
    return 0
