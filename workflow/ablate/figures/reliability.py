"""Whether the best model is calibrated: reliability diagram."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ablate.evaluation.scores import ece
from ablate.figures import style
from ablate.requests.figure import Drawing
from ablate.runs.finished import best_run, finished_runs

NEEDS = {"shows": "runs"}


class Bins(NamedTuple):
    """Test images by confidence: edges [B + 1]; counts, mean confidence and accuracy [B], 0..1.

    Confidence and accuracy are nan in an empty bin.
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray


def draw(request: Drawing) -> Figure:
    """Accuracy by confidence over equal-width bins, how many images each holds, and the ECE."""
    run = best_run(finished_runs(request.results, request.runs))
    probabilities, labels = run.predictions
    error = ece.score(probabilities, labels)
    bins = binned(probabilities, labels)
    figure = style.figure(height=6.6, width=6.4)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    _draw_accuracy(top, bins)
    top.set_title(f"{run.label}, seed {run.seed}: ECE {100 * error:.2f} % ({ece.BINS} bins)")
    width = bins.edges[1] - bins.edges[0]
    bottom.bar(bins.edges[:-1], bins.counts, width, align="edge", color=style.GREY, ec="white")
    bottom.set_ylabel("images")
    bottom.set_xlabel(f"confidence: largest probability (n = {len(labels):,} test images)")
    return figure


def binned(probabilities: np.ndarray, labels: np.ndarray) -> Bins:
    """Images by their largest probability, in the bins of `ablate.evaluation.scores.ece`."""
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = ece.bin_of(confidence)
    counts = np.bincount(which, minlength=ece.BINS)

    def mean(values: np.ndarray) -> np.ndarray:
        sums = np.bincount(which, weights=values, minlength=ece.BINS)
        return np.divide(sums, counts, out=np.full(ece.BINS, np.nan), where=counts > 0)

    return Bins(np.linspace(0, 1, ece.BINS + 1), counts, mean(confidence), mean(right))


def _draw_accuracy(axes: Axes, bins: Bins) -> None:
    width = bins.edges[1] - bins.edges[0]
    axes.bar(
        *(bins.edges[:-1], bins.accuracy, width),
        align="edge",
        color=style.SKY,
        edgecolor="white",
        label="accuracy",
    )
    filled = bins.counts > 0
    axes.vlines(
        bins.confidence[filled],
        bins.accuracy[filled],
        bins.confidence[filled],
        color=style.VERMILLION,
        linewidth=2.5,
        label="gap to the mean confidence",
    )
    axes.plot([0, 1], [0, 1], color=style.GREY, linestyle="--", label="perfectly calibrated")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_ylabel("fraction classified correctly")
    axes.legend(loc="upper left")
