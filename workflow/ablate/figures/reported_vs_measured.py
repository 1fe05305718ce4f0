"""Every reported accuracy beside the measured one."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ablate.figures import style
from ablate.figures.marks import marks
from ablate.requests.figure import Drawing
from ablate.tables.reading import is_elsewhere, number, read_table

NEEDS = {"shows": "summary"}

ALIKE = 2.0  # percentage points within which the report calls two accuracies alike


@dataclass(frozen=True)
class Pair:
    """A row's reported and measured mean best accuracy, in percent; elsewhere: not trained here."""

    study: str
    reported: float
    measured: float
    elsewhere: bool = False


def draw(request: Drawing) -> Figure:
    """Measured by reported accuracy with the line of equality, and the differences by study."""
    table = read_table(request.results, "summary")
    every = pairs(table)
    looks = marks([line["study"] for line in table], {pair.study for pair in every})
    figure = style.figure(height=5.4)
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    _draw_pairs(left, every, looks)
    _draw_differences(right, every, looks)
    figure.suptitle(agreement(every), x=0.01, ha="left")
    return figure


def pairs(table: list[dict[str, str]]) -> list[Pair]:
    """The rows of the summary with both numbers, in its order."""
    found = [
        Pair(line["study"], number(line["reported"]), number(line["best_mean"]), is_elsewhere(line))
        for line in table
    ]
    return [pair for pair in found if not math.isnan(pair.reported + pair.measured)]


def agreement(every: list[Pair]) -> str:
    """How many rows agree, as a sentence."""
    if not every:
        return "No row has a reported and a measured accuracy"
    near = sum(abs(pair.measured - pair.reported) <= ALIKE for pair in every)
    return f"{near} of {len(every)} rows within {ALIKE:g} points of the reported accuracy"


def _draw_pairs(axes: Axes, every: list[Pair], looks: dict[str, tuple[str, str]]) -> None:
    ends = limits([value for pair in every for value in (pair.reported, pair.measured)])
    axes.plot(ends, ends, color=style.GREY, linewidth=1.2, label="equal")
    axes.fill_between(
        *(ends, np.subtract(ends, ALIKE), np.add(ends, ALIKE)),
        color="#EAEAEA",
        label=f"within {ALIKE:g} points",
        zorder=0,
    )
    for pair in every:
        _draw_pair(axes, pair, (pair.reported, pair.measured), looks[pair.study], clip_on=False)
    if any(pair.elsewhere for pair in every):
        label = "hollow: measured elsewhere"
        axes.plot([], [], "o", color=style.GREY, mfc="none", label=label)
    axes.set_xlim(ends)
    axes.set_ylim(ends)
    axes.set_aspect("equal", anchor="N")
    axes.set_xlabel("reported best accuracy, %")
    axes.set_ylabel("measured best accuracy, %")
    axes.legend(loc="upper left")


def _draw_pair(
    axes: Axes, pair: Pair, at: tuple[float, float], look: tuple[str, str], **how: bool
) -> None:
    (x, y), (colour, shape) = at, look
    face = "none" if pair.elsewhere else colour
    axes.plot([x], [y], shape, color=colour, mfc=face, ms=6, alpha=0.8, **how)


def _draw_differences(axes: Axes, every: list[Pair], looks: dict[str, tuple[str, str]]) -> None:
    heights = {study: y for y, study in enumerate(looks)}
    axes.axvspan(-ALIKE, ALIKE, color="#EAEAEA", zorder=0)
    axes.axvline(0, color=style.GREY, linewidth=1.2)
    for pair in every:
        at = pair.measured - pair.reported, heights[pair.study]
        _draw_pair(axes, pair, at, looks[pair.study])
    counts = {study: sum(pair.study == study for pair in every) for study in looks}
    axes.set_yticks(range(len(looks)), [f"{study} ({counts[study]})" for study in looks])
    axes.set_ylim(len(looks) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("measured - reported, points\n(rows of each study in brackets)")


def limits(values: list[float]) -> tuple[float, float]:
    """A range around accuracies, with a margin, within 0 and 100 %."""
    if not values:
        return 0.0, 100.0
    margin = max(0.04 * (max(values) - min(values)), 1.0)
    return max(min(values) - margin, 0.0), min(max(values) + margin, 100.0)
