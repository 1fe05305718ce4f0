"""Every reported accuracy beside the measured one."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ablate.figures import style
from ablate.figures.marks import Mark, marks
from ablate.requests.figure import Drawing
from ablate.tables.stored import is_elsewhere, read_summary

NEEDS = {"shows": "summary"}

ALIKE = 2.0  # percentage points within which the report calls two accuracies alike


def draw(request: Drawing) -> Figure:
    """Measured by reported accuracy with the line of equality, and the differences by study."""
    table = read_summary(request.results)
    every = table[table["delta"].notna()]
    looks = marks(table["study"], set(every["study"]))
    figure = style.figure(height=5.4)
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    _draw_pairs(left, every, looks)
    _draw_differences(right, every, looks)
    figure.suptitle(agreement(every), x=0.01, ha="left")
    return figure


def agreement(every: pd.DataFrame) -> str:
    """How many rows agree, as a sentence."""
    if every.empty:
        return "No row has a reported and a measured accuracy"
    near = (every["delta"].abs() <= ALIKE).sum()
    return f"{near} of {len(every)} rows within {ALIKE:g} points of the reported accuracy"


def _draw_pairs(axes: Axes, every: pd.DataFrame, looks: dict[str, Mark]) -> None:
    ends = limits([*every["reported"], *every["best_mean"]])
    axes.plot(ends, ends, color=style.GREY, linewidth=1.2, label="equal")
    axes.fill_between(
        *(ends, np.subtract(ends, ALIKE), np.add(ends, ALIKE)),
        color="#EAEAEA",
        label=f"within {ALIKE:g} points",
        zorder=0,
    )
    for row in every.itertuples():
        _draw_row(axes, row, (row.reported, row.best_mean), looks[row.study], clip_on=False)
    if any(map(is_elsewhere, every.itertuples())):
        label = "hollow: measured elsewhere"
        axes.plot([], [], "o", color=style.GREY, mfc="none", label=label)
    axes.set_xlim(ends)
    axes.set_ylim(ends)
    axes.set_aspect("equal", anchor="N")
    axes.set_xlabel("reported best accuracy, %")
    axes.set_ylabel("measured best accuracy, %")
    axes.legend(loc="upper left")


def _draw_row(axes: Axes, row: Any, at: tuple[float, float], look: Mark, **how: bool) -> None:
    (x, y), (colour, shape) = at, look
    face = "none" if is_elsewhere(row) else colour
    axes.plot([x], [y], shape, color=colour, mfc=face, ms=6, alpha=0.8, **how)


def _draw_differences(axes: Axes, every: pd.DataFrame, looks: dict[str, Mark]) -> None:
    heights = {study: y for y, study in enumerate(looks)}
    axes.axvspan(-ALIKE, ALIKE, color="#EAEAEA", zorder=0)
    axes.axvline(0, color=style.GREY, linewidth=1.2)
    for row in every.itertuples():
        _draw_row(axes, row, (row.delta, heights[row.study]), looks[row.study])
    counts = every["study"].value_counts()
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
