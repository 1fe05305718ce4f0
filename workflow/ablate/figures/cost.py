"""Accuracy of every run against what it costs."""

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ablate.figures import style
from ablate.figures.marks import marks
from ablate.requests.figure import Drawing
from ablate.tables.reading import is_elsewhere, number, read_table

NEEDS = {"shows": "summary"}

PANELS = (
    ("seconds", "training,\nseconds", 1),
    ("flops", "forward pass of\none image, GFLOP", 1e9),
    ("parameters", "parameters,\nmillions", 1e6),
)


@dataclass(frozen=True)
class Point:
    """One setting: its network, mean best accuracy in percent, costs, and whether it trained."""

    network: str
    accuracy: float
    seconds: float
    flops: float
    parameters: float
    failed: bool


def draw(request: Drawing) -> Figure:
    """Best accuracy by training seconds, by arithmetic and by parameters, a dot a distinct run."""
    table = read_table(request.results, "summary")
    every = points(table)
    looks = marks(sorted({point.network for point in every}, key=_natural))
    figure = style.figure(height=4.4)
    panels = figure.subplots(1, len(PANELS), sharey=True)
    for axes, (cost, label, unit) in zip(panels, PANELS, strict=True):
        _draw_panel(axes, every, cost, unit, looks)
        axes.set_xlabel(label)
    panels[0].set_ylabel("best test accuracy, %")
    others = sum(is_elsewhere(line) for line in table)
    left_out = f"\nleft out: {others} measured elsewhere" if others else ""
    figure.suptitle(f"{len(every)} settings, mean over seeds{left_out}", x=0.01, ha="left")
    entries = _legend(every, looks)
    figure.legend(handles=entries, loc="outside lower left", ncols=style.columns(5, len(entries)))
    return figure


def points(table: list[dict[str, str]]) -> list[Point]:
    """The distinct settings of the summary: rows with equal runs are one setting, shown once."""
    distinct = {line["runs"]: line for line in table if line["runs"]}
    return [
        Point(
            network=runs.partition("-")[0],
            accuracy=number(line["best_mean"]),
            seconds=number(line["seconds_mean"]),
            flops=number(line["flops"]),
            parameters=number(line["parameters"]),
            failed=bool(number(line["diverged"]) or number(line["collapsed"])),
        )
        for runs, line in distinct.items()
    ]


def _natural(network: str) -> tuple[str, int]:
    digits = "".join(filter(str.isdigit, network))
    return network.rstrip("0123456789"), int(digits or 0)


def _draw_panel(
    axes: Axes, every: list[Point], cost: str, unit: float, looks: dict[str, tuple[str, str]]
) -> None:
    style.logarithmic(axes.xaxis)
    for point in every:
        x = getattr(point, cost) / unit
        if math.isnan(x) or x <= 0:
            continue
        colour, shape = looks[point.network]
        face = "none" if point.failed else colour
        axes.plot([x], [point.accuracy], shape, color=colour, mfc=face, ms=6.5, alpha=0.75)


def _legend(every: list[Point], looks: dict[str, tuple[str, str]]) -> list[Line2D]:
    keys = [
        Line2D([], [], linestyle="", color=colour, marker=shape, label=network)
        for network, (colour, shape) in looks.items()
    ]
    if any(point.failed for point in every):
        label = "hollow: diverged or collapsed"
        keys.append(Line2D([], [], ls="", color=style.GREY, marker="o", mfc="none", label=label))
    return keys
