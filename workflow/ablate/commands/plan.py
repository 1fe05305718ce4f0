"""`ablate plan`: what would be trained, why, and what it costs in arithmetic, disk and hours."""

from collections.abc import Container

from rich.console import Console
from rich.table import Table

from ablate.commands import cost, pace
from ablate.commands.cost import Total
from ablate.commands.terminal import grid, say
from ablate.findings.words import listed
from ablate.paths import TrainingId
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness


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
    due = _due(plan, everything)
    rates = pace.of_finished(plan) or (pace.measured(plan) if measure else None)
    total = cost.sum_of(plan, due, cost.images_of(plan), rates)
    console.print(_by_study(plan, due, total, rates))
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


def _due(plan: Plan, everything: bool) -> dict[TrainingId, str]:
    """The trainings that are due, each with the reason."""
    staleness = Staleness(Products(plan))
    return {
        each: staleness.reason(product) or staleness.wish(product) or "not trained yet"
        for each in plan.trainings()
        if staleness.due(product := f"runs/{each}") or everything
    }


def _by_study(
    plan: Plan, due: Container[TrainingId], total: Total, rates: pace.Pace | None
) -> Table:
    """A line a study with the cost of what is due of it, then the total."""
    table = grid(
        ["study"],
        ["runs", "due", "PFLOP", "GB of disk", "hours, one at a time"],
        title=f"preset {plan.config.preset}",
    )
    images = cost.images_of(plan)
    for study in plan.studies.values():
        shown = dict.fromkeys(each for training in study.trainings for each in training.ids)
        one = cost.sum_of(plan, [each for each in shown if each in due], images, rates)
        table.add_row(study.name, str(len(shown)), *cells(one, rates))
    every = str(len(plan.trainings()))
    table.add_row("all, each once", every, *cells(total, rates), style="bold")
    return table


def cells(one: Total, rates: pace.Pace | None) -> list[str]:
    """A row of the table: due, PFLOP, GB, hours."""
    hours = pace.hours(one.seconds) if rates and one.count else "–"
    return [str(one.count), f"{one.flop / 1e15:.3g}", f"{one.disk / 1e9:.2g}", hours]


def summary(plan: Plan, total: Total, rates: pace.Pace | None) -> str:
    """What all that is due costs, in a sentence or two."""
    said = (
        f"{total.count} of {len(plan.trainings())} trainings are due: {total.flop / 1e15:.3g} "
        f"PFLOP, about {total.disk / 1e9:.2g} GB of disk (keep: {plan.config.keep}), and while it "
        f"trains up to {total.state / 1e9:.2g} GB for each training at a time"
    )
    if rates is None:
        return f"{said}. How long that takes shows once a run is finished, or with --measure."
    off = rates.off
    scatter = f" (a run by itself is typically off by a factor of {off:.2g})" if off else ""
    return f"{said}. Hours {rates.source}{scatter}; {rates.company}."
