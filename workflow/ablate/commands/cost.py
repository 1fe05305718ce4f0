"""`ablate plan`: what would be trained, why, and what it costs in arithmetic and disk."""

import json
from functools import cache

from rich.console import Console
from rich.table import Table

from ablate.models import cost
from ablate.planning.disk import read
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.planning.work import CIFAR10, trained_images
from ablate.settings import Run

# A step costs about three forward passes; evaluation is left out of this estimate.
TRAINING = 3
BYTES_A_WEIGHT = 4
# A saved state holds the weights, the best ones, and of an optimizer such as Adam two numbers a
# weight; there are the newest state, the one before it, and the one being written.
STATES = 3 * 4
# History, predictions, events and records of one run, in bytes: what a run of the report takes.
BESIDES = 1_500_000


def show(plan: Plan, console: Console, everything: bool = False) -> int:
    """Print every training that is due, with its reason, then the sums. Always 0."""
    staleness = Staleness(Products(plan))
    manifest = read(plan.results.manifest) or {}
    images = manifest.get("train") or plan.data.training_images or CIFAR10
    table = Table("run", "seed", "why", title=f"preset {plan.config.preset}")
    flop, disk, largest, count = 0.0, 0, 0, 0
    for name, seed in plan.trainings():
        product = f"runs/{name}/seed{seed}"
        if not everything and not staleness.due(product):
            continue
        run = plan.runs[name].run
        table.add_row(name, str(seed), staleness.reason(product) or "not trained yet")
        parameters, forward = counted(run)
        flop += TRAINING * forward * trained_images(run, images)
        disk += disk_of(parameters, plan.config.keep)
        largest = max(largest, parameters)
        count += 1
    console.print(table)
    console.print(
        f"{count} of {len(plan.trainings())} trainings are due: {flop / 1e15:.3g} PFLOP, "
        f"about {disk / 1e9:.2g} GB of disk (keep: {plan.config.keep}), and while it trains up to "
        f"{STATES * largest * BYTES_A_WEIGHT / 1e9:.2g} GB for each training at a time",
        highlight=False,
    )
    return 0


def disk_of(parameters: int, keep: str) -> int:
    """Bytes that a finished run takes."""
    return {"best": 1, "both": 2, "none": 0}[keep] * parameters * BYTES_A_WEIGHT + BESIDES


def counted(run: Run) -> tuple[int, int]:
    """Parameters, and FLOP of one forward pass of a 32x32 image, for ten classes."""
    return _counted(run.model.model_dump_json())


@cache
def _counted(model: str) -> tuple[int, int]:
    return cost.count(Run.model_validate({"model": json.loads(model)}).model, 10, (32, 32))
