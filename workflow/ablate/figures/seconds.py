"""Every reported training time beside the measured one."""

import math
from collections.abc import Container
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ablate.figures import style
from ablate.figures.marks import marks
from ablate.requests.figure import Drawing
from ablate.tables.reading import number, read_table

NEEDS = {"shows": "summary"}

ENDS = ((0.6, min), (1.6, max))  # how far the axes reach beyond the shortest and longest time


@dataclass(frozen=True)
class TimedRow:
    """A row's reported and measured training seconds; at_least: the report says "more than"."""

    study: str
    reported: float
    measured: float
    at_least: bool


def draw(request: Drawing) -> Figure:
    """Measured by reported seconds on logarithmic axes, with lines of equal speed.

    Arrows mark reported times that are lower bounds.
    """
    table = read_table(request.results, "summary")
    every = pairs(table, request.at_least)
    looks = marks([line["study"] for line in table], {pair.study for pair in every})
    figure = style.figure(height=5.2)
    axes = figure.subplots()
    style.logarithmic(axes.xaxis)
    style.logarithmic(axes.yaxis)
    _draw_speeds(axes, every)
    for pair in every:
        colour, shape = looks[pair.study]
        axes.plot([pair.reported], [pair.measured], shape, color=colour, ms=7, alpha=0.85)
        if pair.at_least:
            axes.annotate(
                "",
                (pair.reported * 1.22, pair.measured),
                (pair.reported * 1.03, pair.measured),
                arrowprops={"arrowstyle": "->", "color": colour},
            )
    axes.set_xlabel("reported seconds (GTX 1080 Ti)")
    axes.set_ylabel("measured seconds")
    # A preset with a note trains less than the report did.
    shortened = "Shortened runs: " if request.note else ""
    figure.suptitle(f"{shortened}{ratio(every)}", x=0.01, ha="left")
    entries = _legend(every, looks)
    figure.legend(handles=entries, loc="outside lower left", ncols=style.columns(5, len(entries)))
    return figure


def pairs(table: list[dict[str, str]], at_least: Container[tuple[str, str]]) -> list[TimedRow]:
    """The rows of the summary with both times, in its order."""
    found = [
        TimedRow(
            line["study"],
            number(line["reported_seconds"]),
            number(line["seconds_mean"]),
            (line["study"], line["row"]) in at_least,
        )
        for line in table
    ]
    return [pair for pair in found if pair.reported > 0 and pair.measured > 0]


def ratio(every: list[TimedRow]) -> str:
    """How much faster training was than reported, as a sentence over the known times."""
    known = [pair for pair in every if not pair.at_least]
    if not known:
        return "No row has a reported and a measured time"
    factor = math.exp(np.mean([math.log(pair.reported / pair.measured) for pair in known]))
    word = "faster" if factor >= 1 else "slower"
    rows = "1 row" if len(known) == 1 else f"geometric mean of {len(known)} rows"
    times = max(factor, 1 / factor)
    return f"{f'{times:,.0f}' if times >= 100 else f'{times:.3g}'} times {word} ({rows})"


def _draw_speeds(axes: Axes, every: list[TimedRow]) -> None:
    """Lines of equal speed, each labelled where it leaves the axes."""
    if not every:
        return
    left, right = (limit * min_or_max(p.reported for p in every) for limit, min_or_max in ENDS)
    low, high = (limit * min_or_max(p.measured for p in every) for limit, min_or_max in ENDS)
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


def _legend(every: list[TimedRow], looks: dict[str, tuple[str, str]]) -> list[Line2D]:
    keys = [
        Line2D([], [], linestyle="", color=colour, marker=shape, label=study)
        for study, (colour, shape) in looks.items()
    ]
    if any(pair.at_least for pair in every):
        arrow = {"marker": "4", "markersize": 11, "color": style.GREY}
        keys.append(Line2D([], [], linestyle="", label="or longer", **arrow))
    return keys
