"""Figure 8: accuracy by epoch with and without batch normalisation."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ablate.figures import epochs, framing, style
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs

NEEDS = {"shows": "runs"}

PARTS = {"train": "--", "test": "-"}


def draw(request: Drawing) -> Figure:
    """Training (dashed) and test accuracy (solid) by epoch, a colour a run, mean over its seeds.

    Single seeds are thin lines where a run has several; a dot marks the best test epoch of each.
    """
    figure = style.figure(height=4.8)
    axes = figure.subplots()
    handles: list[Artist] = [
        Line2D([], [], color=style.GREY, ls=line, label=name)
        for line, name in (("-", "test"), ("--", "training (running mean of the epoch)"))
    ]
    for entry, colour in zip(request.runs, framing.COLOURS, strict=False):
        runs = finished_runs(request.results, [entry])
        for part, line in PARTS.items():
            _draw_part(axes, runs, f"{part}_accuracy", colour, line)
        _mark_best(axes, runs, colour)
        handles.append(framing.handle(_label(runs), colour, line=True))
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy, %")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(top=min(102.0, axes.get_ylim()[1]))
    # Column by column: what the lines mean, then whose they are.
    framing.finish(figure, request, handles, [], columns=2)
    return figure


def _draw_part(axes: Axes, runs: list[FinishedRun], column: str, colour: str, line: str) -> None:
    histories = [run.history[column] for run in runs]
    epochs.draw_each(axes, histories, ls=line, color=colour, lw=0.7, alpha=0.45)
    epochs.draw_mean(axes, histories, ls=line, color=colour)


def _mark_best(axes: Axes, runs: list[FinishedRun], colour: str) -> None:
    for run in runs:
        accuracies = run.history["test_accuracy"]
        if np.isfinite(accuracies).any():
            best = int(np.nanargmax(accuracies))
            axes.plot(best + 1, accuracies[best], "o", color=colour, mec="white", ms=8, zorder=4)


def _label(runs: list[FinishedRun]) -> str:
    best = np.mean([run.best_accuracy for run in runs])
    return f"{runs[0].label}: best test {best:.2f} % (dot; {framing.seeds(len(runs))})"
