"""Figure 6: accuracy and loss by epoch, and where the learning rate drops."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ablate.figures import epochs, style
from ablate.findings.words import counted
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs

NEEDS = {"shows": "runs"}

DROP = 0.5  # a rate that falls to this share or less within an epoch is marked
TRAIN, TEST = style.ORANGE, style.BLUE


def draw(request: Drawing) -> Figure:
    """Train and test accuracy and loss of the request's runs, a column a run, and the rate below.

    Seeds are thin lines, their mean is thick.
    """
    entries = request.runs
    figure = style.figure(height=6.6)
    grid = figure.subplots(
        3, len(entries), sharex="col", sharey="row", squeeze=False, height_ratios=[3, 3, 1.4]
    )
    for column, entry in zip(grid.T, entries, strict=True):
        _draw_run(column, finished_runs(request.results, [entry]))
    for axes, label in zip(
        grid[:, 0], ("accuracy, %", "cross-entropy loss", "learning\nrate"), strict=True
    ):
        axes.set_ylabel(label)
    figure.align_ylabels(grid[:, 0])
    figure.legend(handles=_legend(), loc="outside upper left", ncols=style.columns(3, 3))
    return figure


def drops(history: dict[str, np.ndarray]) -> np.ndarray:
    """Where the rate drops sharply, between the epochs that it falls between."""
    rate = history["lr"]
    return history["epoch"][1:][rate[1:] <= DROP * rate[:-1]] - 0.5


def _draw_run(column: np.ndarray, runs: list[FinishedRun]) -> None:
    histories = [run.history for run in runs]
    accuracy, loss, rate = column
    for part, colour in (("train", TRAIN), ("test", TEST)):
        _draw_lines(accuracy, histories, f"{part}_accuracy", colour)
        _draw_lines(loss, histories, f"{part}_loss", colour)
    rate.step(histories[0]["epoch"], histories[0]["lr"], where="mid", color=style.GREY)
    _scale_rate(rate, histories[0]["lr"])
    for axes in column:
        for epoch in drops(histories[0]):
            axes.axvline(epoch, color=style.GREY, linewidth=1, linestyle=":")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    best = np.mean([run.best_accuracy for run in runs])
    of = f", mean of {len(runs)}" if len(runs) > 1 else ""
    accuracy.set_title(f"{runs[0].label}: best {best:.2f} %{of}")
    loss.set_ylim(0, _end_losses(loss, histories))
    rate.set_xlabel(f"epoch (n = {counted(len(runs), 'seed')})")


def _end_losses(axes: Axes, histories: list[dict[str, np.ndarray]]) -> float | None:
    """Where the loss axis ends, and a note in it on what lies beyond; None: where the lines do."""
    losses = np.concatenate([h[f"{part}_loss"] for h in histories for part in ("train", "test")])
    top = style.top_of(losses)
    if top is not None:
        beyond = losses[losses > top]
        axes.text(
            0.98, 0.97, f"{len(beyond)} above, up to {beyond.max():.3g}",
            transform=axes.transAxes, ha="right", va="top", fontsize=9, color=style.GREY,
        )  # fmt: skip
    return top


def _draw_lines(
    axes: Axes, histories: list[dict[str, np.ndarray]], column: str, colour: str
) -> None:
    lines = [history[column] for history in histories]
    epochs.draw_each(axes, lines, color=colour, linewidth=0.8, alpha=0.5)
    epochs.draw_mean(axes, lines, color=colour, marker=epochs.marker(lines), markersize=3.5)


def _scale_rate(axes: Axes, rates: np.ndarray) -> None:
    """Logarithmic, with the rates themselves on the axis where they are few."""
    style.logarithmic(axes.yaxis)
    few = np.unique(rates[rates > 0])
    if len(few) <= 5:
        axes.set_yticks(few)


def _legend() -> list[Line2D]:
    return [
        Line2D([], [], color=TRAIN, label="training (running mean of the epoch)"),
        Line2D([], [], color=TEST, label="test"),
        Line2D([], [], color=style.GREY, ls=":", lw=1, label="learning rate drops"),
    ]
