"""Accuracy of every run against what it costs."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ablate.figures import style
from ablate.figures.marks import Mark, handles, marks
from ablate.requests.figure import Drawing
from ablate.tables.stored import is_elsewhere, read_summary

NEEDS = {"shows": "summary"}

PANELS = (
    ("seconds_mean", "training,\nseconds", 1),
    ("flops", "forward pass of\none image, GFLOP", 1e9),
    ("parameters", "parameters,\nmillions", 1e6),
)


def draw(request: Drawing) -> Figure:
    """Best accuracy by training seconds, by arithmetic and by parameters, a dot a distinct run."""
    table = read_summary(request.results)
    every = settings(table)
    looks = marks(sorted(every["network"].unique(), key=_natural))
    figure = style.figure(height=4.4)
    panels = figure.subplots(1, len(PANELS), sharey=True)
    for axes, (cost, label, unit) in zip(panels, PANELS, strict=True):
        _draw_panel(axes, every, every[cost].astype(float) / unit, looks)
        axes.set_xlabel(label)
    panels[0].set_ylabel("best test accuracy, %")
    others = sum(map(is_elsewhere, table.itertuples()))
    left_out = f"\nleft out: {others} measured elsewhere" if others else ""
    figure.suptitle(f"{len(every)} settings, mean over seeds{left_out}", x=0.01, ha="left")
    entries = _legend(every, looks)
    figure.legend(handles=entries, loc="outside lower left", ncols=style.columns(5, len(entries)))
    return figure


def settings(table: pd.DataFrame) -> pd.DataFrame:
    """The distinct settings of the summary: rows with equal runs are one setting, shown once.

    With the network of each, and whether a run of it failed.
    """
    distinct = table[table["runs"] != ""].drop_duplicates("runs")
    return distinct.assign(
        network=distinct["runs"].str.partition("-")[0],
        failed=distinct["diverged"] + distinct["collapsed"] > 0,
    )


def _natural(network: str) -> tuple[str, int]:
    digits = "".join(filter(str.isdigit, network))
    return network.rstrip("0123456789"), int(digits or 0)


def _draw_panel(axes: Axes, every: pd.DataFrame, costs: pd.Series, looks: dict[str, Mark]) -> None:
    style.logarithmic(axes.xaxis)
    for setting, x in zip(every.itertuples(), costs, strict=True):
        if x > 0:
            colour, shape = looks[setting.network]
            face = "none" if setting.failed else colour
            axes.plot([x], [setting.best_mean], shape, color=colour, mfc=face, ms=6.5, alpha=0.75)


def _legend(every: pd.DataFrame, looks: dict[str, Mark]) -> list[Line2D]:
    keys = handles(looks)
    if every["failed"].any():
        label = "hollow: diverged or collapsed"
        keys.append(Line2D([], [], ls="", color=style.GREY, marker="o", mfc="none", label=label))
    return keys
