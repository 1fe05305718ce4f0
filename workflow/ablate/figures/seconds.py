"""Every reported training time beside the measured one."""

from collections.abc import Container

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ablate.figures import style
from ablate.figures.marks import Mark, handles, marks
from ablate.requests.figure import Drawing
from ablate.tables.stored import read_summary

NEEDS = {"shows": "summary"}

ENDS = ((0.6, min), (1.6, max))  # how far the axes reach beyond the shortest and longest time


def draw(request: Drawing) -> Figure:
    """Measured by reported seconds on logarithmic axes, with lines of equal speed.

    Arrows mark reported times that are lower bounds.
    """
    table = read_summary(request.results)
    every = timed(table, request.at_least)
    looks = marks(table["study"], set(every["study"]))
    figure = style.figure(height=5.2)
    axes = figure.subplots()
    style.logarithmic(axes.xaxis)
    style.logarithmic(axes.yaxis)
    _draw_speeds(axes, every)
    for row in every.itertuples():
        (colour, shape), x, y = looks[row.study], row.reported_seconds, row.seconds_mean
        axes.plot([x], [y], shape, color=colour, ms=7, alpha=0.85)
        if row.at_least:
            arrow = {"arrowstyle": "->", "color": colour}
            axes.annotate("", (x * 1.22, y), (x * 1.03, y), arrowprops=arrow)
    axes.set_xlabel("reported seconds (GTX 1080 Ti)")
    axes.set_ylabel("measured seconds")
    # A preset with a note trains less than the report did.
    shortened = "Shortened runs: " if request.note else ""
    figure.suptitle(f"{shortened}{ratio(every)}", x=0.01, ha="left")
    entries = _legend(every, looks)
    figure.legend(handles=entries, loc="outside lower left", ncols=style.columns(5, len(entries)))
    return figure


def timed(table: pd.DataFrame, at_least: Container[tuple[str, str]]) -> pd.DataFrame:
    """The rows of the summary with both times, and whether the report says "more than"."""
    both = table[(table["reported_seconds"] > 0) & (table["seconds_mean"] > 0)]
    bounds = [(row.study, row.row) in at_least for row in both.itertuples()]
    return both.assign(at_least=np.array(bounds, dtype=bool))


def ratio(every: pd.DataFrame) -> str:
    """How much faster training was than reported, as a sentence over the known times."""
    known = every[~every["at_least"]]
    if known.empty:
        return "No row has a reported and a measured time"
    factor = np.exp(np.log(known["reported_seconds"] / known["seconds_mean"]).mean())
    word = "faster" if factor >= 1 else "slower"
    rows = "1 row" if len(known) == 1 else f"geometric mean of {len(known)} rows"
    times = max(factor, 1 / factor)
    return f"{f'{times:,.0f}' if times >= 100 else f'{times:.3g}'} times {word} ({rows})"


def _draw_speeds(axes: Axes, every: pd.DataFrame) -> None:
    """Lines of equal speed, each labelled where it leaves the axes."""
    if every.empty:
        return
    left, right = (limit * min_or_max(every["reported_seconds"]) for limit, min_or_max in ENDS)
    low, high = (limit * min_or_max(every["seconds_mean"]) for limit, min_or_max in ENDS)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    for factor in 10.0 ** np.arange(-3, 6):
        if right / factor < low or left / factor > high:
            continue
        axes.plot([left, right], [left / factor, right / factor], color="#BBBBBB", lw=1, zorder=0)
        beyond = right / factor > high
        end = (high * factor, high) if beyond else (right, right / factor)
        axes.annotate(
            speed(factor),
            end,
            xytext=(0, 3) if beyond else (4, 0),
            textcoords="offset points",
            ha="center" if beyond else "left",
            va="bottom" if beyond else "center",
            fontsize=9,
            color="#666666",
        )


def speed(factor: float) -> str:
    """How measured times compare that are `factor` times shorter than the reported ones."""
    if factor == 1:
        return "equal"
    return f"{factor:g}x faster" if factor > 1 else f"{1 / factor:g}x slower"


def _legend(every: pd.DataFrame, looks: dict[str, Mark]) -> list[Line2D]:
    keys = handles(looks)
    if every["at_least"].any():
        arrow = {"marker": "4", "markersize": 11, "color": style.GREY}
        keys.append(Line2D([], [], linestyle="", label="or longer", **arrow))
    return keys
