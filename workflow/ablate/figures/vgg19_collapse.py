"""A network too deep to train without batch normalisation: accuracy and loss by epoch."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ablate.figures import epochs, framing, style
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs

NEEDS = {"shows": "families"}


def draw(request: Drawing) -> Figure:
    """Test accuracy, and training loss below, of the first family's runs, a line a learning rate.

    Dashed: chance, and the loss of a guess that holds every class equally likely. Collapsed runs
    lie on top of each other, so each line is drawn thinner than the one before.
    """
    family = request.families[0]
    figure = style.figure(height=6.4)
    accuracy, loss = figure.subplots(2, 1, sharex=True)
    members = sorted(family.members, key=lambda member: member.lr)
    handles = []
    for number, (member, colour) in enumerate(zip(members, style.PALETTE, strict=False)):
        runs = finished_runs(request.results, [member])
        thickness = 1.2 + 1.0 * (len(members) - 1 - number)
        for axes, column in ((accuracy, "test_accuracy"), (loss, "train_loss")):
            lines = [run.history[column] for run in runs]
            dot = {"marker": epochs.marker(lines), "ms": thickness + 2}
            epochs.draw_mean(axes, lines, color=colour, lw=thickness, **dot)
        handles.append(Line2D([], [], color=colour, lw=thickness, label=_label(member.lr, runs)))
    classes = runs[0].metrics.classes
    _frame(accuracy, loss, classes)
    chance = f"chance, {100 / classes:g} %"
    equal_odds = f"the loss of equal odds, ln {classes} = {math.log(classes):.4f}"
    whose = f"{family.label}, {framing.seeds(len(runs))}."
    notes = [f"{whose} Dashed: {chance}, and {equal_odds}."]
    framing.finish(figure, request, handles, notes, columns=2)
    return figure


def at_chance(run: FinishedRun) -> int:
    """In how many epochs the test accuracy is exactly that of always naming one class."""
    chance = 100 / run.metrics.classes
    return int(np.isclose(run.history["test_accuracy"], chance, rtol=0, atol=1e-9).sum())


def _label(rate: float, runs: list[FinishedRun]) -> str:
    exactly, every = sum(map(at_chance, runs)), sum(len(run.history["epoch"]) for run in runs)
    return f"rate {rate:g}: exactly at chance in {exactly} of {every} epochs"


def _frame(accuracy, loss, classes: int) -> None:
    for axes, level in ((accuracy, 100 / classes), (loss, math.log(classes))):
        axes.axhline(level, color=style.GREY, ls="--", lw=1.2, zorder=1)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        # Thick lines that lie on the topmost value are drawn whole.
        axes.set_ylim(0, 1.08 * axes.dataLim.y1)
    accuracy.set_ylabel("test accuracy, %")
    loss.set_ylabel("training loss")
    loss.set_xlabel("epoch")
