"""`ablate status --live`: what trains, what waits and what failed, for as long as one looks."""

import time

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from ablate.commands.terminal import grid, spoken
from ablate.commands.watch import InTraining, View, Watch, called
from ablate.findings.words import counted
from ablate.planning.plan import Plan

EVERY_SECONDS = 2.0
# Names shown of what waits; the rest is counted.
SHOWN = 4


def show(plan: Plan, console: Console) -> int:
    """Show the build until Ctrl-C; what is no terminal gets it once. Always 0."""
    watch, names = Watch(plan), called(plan)
    if not console.is_terminal:
        console.print(drawn(watch.look(), names), soft_wrap=True)
        return 0
    try:
        with Live(console=console, auto_refresh=False) as screen:
            while True:
                screen.update(drawn(watch.look(), names), refresh=True)
                time.sleep(EVERY_SECONDS)
    except KeyboardInterrupt:
        return 0


def drawn(view: View, names: dict[str, str]) -> RenderableType:
    """A build at one moment, as text. names: what the runs are called, by product."""
    parts: list[RenderableType] = [Text(heading(view), style="bold")]
    if view.training:
        table = grid(["in training"], ["epoch", "images/s", "time left"])
        for each in view.training:
            table.add_row(names[each.name], *cells(each))
        parts.append(table)
    if view.waiting:
        some = "; ".join(names[name] for name in view.waiting[:SHOWN])
        more = len(view.waiting) - SHOWN
        others = f"; and {more} more" if more > 0 else ""
        parts.append(Text(f"{counted(len(view.waiting), 'training')} waiting: {some}{others}"))
    if view.others:
        parts.append(Text(f"{view.others} metrics, tables, figures and pages waiting"))
    for name, said, log in view.failed:
        parts.append(Text(f"failed: {names.get(name, name)}: {said} ({log})", style="red"))
    return Group(*parts)


def heading(view: View) -> str:
    """Who builds, how far it is, and how long it takes yet."""
    who = f"being built by {view.builder}" if view.builder else "no build at work"
    said = f"{who}: {view.done} of {view.due} due results made"
    return said if view.left is None else f"{said}; trainings end in about {spoken(view.left)}"


def cells(training: InTraining) -> tuple[str, str, str]:
    """Epoch, images a second and time left of a training."""
    found = training.progress
    if found is None:
        return training.said or "first epoch", "–", "–"
    rate = f"{training.images_per_second:,.0f}"
    return f"{found.epoch} of {found.epochs} done", rate, spoken(found.left)
