"""Test loss by learning rate with dropout and with batch normalisation."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from ablate.figures import framing, style
from ablate.findings.words import counted
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs

NEEDS = {"shows": "families"}

COLOURS = (framing.DROPPED, framing.NORMALISED, framing.PLAIN)
LOWEST = {"ls": "-", "marker": "o", "zorder": 4, "label": "at its lowest epoch"}
LAST = {"ls": "--", "marker": "o", "ms": 9, "mfc": "white", "label": "at the last epoch"}


def draw(request: Drawing) -> Figure:
    """Two lines a family over the learning rates: test loss at its lowest, and at the last epoch.

    Where the two part, the run went on fitting its training images at the cost of the test images.
    Several seeds: their mean, with a line from the smallest to the largest.
    """
    figure = style.figure(height=4.8)
    axes = figure.subplots()
    handles = [Line2D([], [], color=style.GREY, **how) for how in (LOWEST, LAST)]
    for family, colour in zip(request.families, COLOURS, strict=False):
        members = sorted(family.members, key=lambda member: member.lr)
        runs = [finished_runs(request.results, [member]) for member in members]
        rates = [member.lr for member in members]
        _draw_line(axes, rates, [[lowest(run) for run in group] for group in runs], colour, LOWEST)
        _draw_line(axes, rates, [[last(run) for run in group] for group in runs], colour, LAST)
        handles.append(framing.handle(f"{family.label} ({_seeds(runs)})", colour, line=True))
    rates = sorted({member.lr for family in request.families for member in family.members})
    axes.set_xscale("log")
    axes.set_xticks(rates, [f"{rate:g}" for rate in rates])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("learning rate")
    axes.set_ylabel("test loss")
    axes.set_ylim(0, 1.02 * axes.get_ylim()[1])
    framing.finish(figure, request, handles, [], columns=2)
    return figure


def lowest(run: FinishedRun) -> float:
    """The smallest finite test loss over the epochs; nan if there is none."""
    losses = run.history["test_loss"]
    finite = losses[np.isfinite(losses)]
    return float(finite.min()) if len(finite) else np.nan


def last(run: FinishedRun) -> float:
    """The test loss of the last epoch; nan if it is not finite."""
    losses = run.history["test_loss"]
    return float(losses[-1]) if len(losses) and np.isfinite(losses[-1]) else np.nan


def _draw_line(
    axes: Axes, rates: list[float], losses: list[list[float]], colour: str, how: dict
) -> None:
    axes.plot(rates, [np.mean(group) for group in losses], color=colour, **how)
    for rate, group in zip(rates, losses, strict=True):
        if len(group) > 1:
            axes.vlines(rate, min(group), max(group), color=colour, lw=1)


def _seeds(runs: list[list[FinishedRun]]) -> str:
    return f"{counted(len(runs), 'rate')}, {framing.seeds(min(map(len, runs)))}"
