"""`ablate plan`: what would be trained, why, and what it costs in arithmetic, disk and hours."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rich.console import Console

from ablate.commands import pace
from ablate.commands.terminal import grid, say
from ablate.files import read_json
from ablate.findings.words import listed
from ablate.paths import TrainingId
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


@dataclass
class Total:
    """What trainings cost: how many, FLOP, bytes that stay, the largest network's parameters.

    seconds: where the pace is known, else 0.
    """

    count: int = 0
    flop: float = 0.0
    seconds: float = 0.0
    disk: int = 0
    parameters: int = 0


def show(
    plan: Plan,
    console: Console,
    everything: bool = False,
    runs: bool = False,
    measure: bool = False,
) -> int:
    """Print what is due by study, and its cost. Always 0.

    everything: as if nothing were there. runs: list every training, with the reason. measure: time
    a step of a network on this machine's CPU where no finished run tells how fast it is.
    """
    staleness = Staleness(Products(plan))
    images = images_of(plan)
    due = {
        each: staleness.reason(product) or staleness.wish(product) or "not trained yet"
        for each in plan.trainings()
        if staleness.due(product := f"runs/{each}") or everything
    }
    rates = pace.of_finished(plan) or (pace.measured(plan) if measure else None)
    table = grid(
        ["study"],
        ["runs", "due", "PFLOP", "GB of disk", "hours, one at a time"],
        title=f"preset {plan.config.preset}",
    )
    for study in plan.studies.values():
        shown = dict.fromkeys(each for training in study.trainings for each in training.ids)
        one = sum_of(plan, [each for each in shown if each in due], images, rates)
        table.add_row(study.name, str(len(shown)), *cells(one, rates))
    total = sum_of(plan, due, images, rates)
    every = str(len(plan.trainings()))
    table.add_row("all, each once", every, *cells(total, rates), style="bold")
    console.print(table)
    for (name, seed), reason in due.items() if runs else ():
        say(console, f"{name} seed {seed}: {reason}")
    say(console, summary(plan, total, rates))
    if note := plan.set_aside():
        say(console, f"Note: {note}.")
    if rates and (guessed := rates.guessed(plan.runs[name].run.model.name for name, _ in due)):
        say(
            console,
            f"No finished run tells of the kind of {listed(guessed)}: the hours of these networks "
            "are a guess, until one of them is finished",
        )
    return 0


def images_of(plan: Plan) -> int:
    """How many training images an epoch has."""
    manifest = read_json(plan.results.manifest) or {}
    return manifest.get("train") or plan.data.training_images or CIFAR10


def sum_of(plan: Plan, due: Iterable[TrainingId], images: int, rates: pace.Pace | None) -> Total:
    """The cost of these trainings."""
    total = Total()
    for name, seed in due:
        run = plan.runs[name].run
        parameters, forward = counted(run)
        trained = trained_images(run, images)
        total.count += 1
        total.flop += TRAINING * forward * trained
        total.seconds += rates.seconds(run, forward, trained) if rates else 0.0
        total.disk += disk_of(parameters, plan.keep(name, seed))
        total.parameters = max(total.parameters, parameters)
    return total


def cells(one: Total, rates: pace.Pace | None) -> list[str]:
    """A row of the table: due, PFLOP, GB, hours."""
    hours = pace.hours(one.seconds) if rates and one.count else "–"
    return [str(one.count), f"{one.flop / 1e15:.3g}", f"{one.disk / 1e9:.2g}", hours]


def summary(plan: Plan, total: Total, rates: pace.Pace | None) -> str:
    """What all that is due costs, in a sentence or two."""
    said = (
        f"{total.count} of {len(plan.trainings())} trainings are due: {total.flop / 1e15:.3g} "
        f"PFLOP, about {total.disk / 1e9:.2g} GB of disk (keep: {plan.config.keep}), and while it "
        f"trains up to {STATES * total.parameters * BYTES_A_WEIGHT / 1e9:.2g} GB for each training "
        "at a time"
    )
    if rates is None:
        return f"{said}. How long that takes shows once a run is finished, or with --measure."
    off = rates.off
    scatter = f" (a run by itself is typically off by a factor of {off:.2g})" if off else ""
    return f"{said}. Hours {rates.source}{scatter}; {rates.company}."


def disk_of(parameters: int, keep: str) -> int:
    """Bytes that a finished run takes."""
    return {"best": 1, "both": 2, "none": 0}[keep] * parameters * BYTES_A_WEIGHT + BESIDES


def counted(run: Run) -> tuple[int, int]:
    """Parameters, and FLOP of one forward pass of a 32x32 image, for ten classes."""
    return _counted(run.model.model_dump_json())


@cache
def _counted(model: str) -> tuple[int, int]:
    # Torch, which the rest does without.
    from ablate.models import cost
    from ablate.shapes import ShapesOnly

    with ShapesOnly():
        return cost.count(Run.model_validate({"model": json.loads(model)}).model, 10, (32, 32))
