"""The best model's accuracy by class."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import ndtri

from ablate.data.manifest import Manifest
from ablate.figures import style
from ablate.figures.lettering import class_names
from ablate.requests.figure import Drawing
from ablate.runs.finished import best_run, finished_runs

NEEDS = {"shows": "runs", "classes": True}
ENDS = 20


def draw(request: Drawing) -> Figure:
    """A bar a class, the most accurate on top, with 95 % intervals over the class's images.

    Of very many classes the `ENDS` most and least accurate are shown, and how many lie between.
    """
    run = best_run(finished_runs(request.results, request.runs))
    classes = class_names(Manifest.read(request.results.manifest).classes)
    counts = np.array(run.metrics.confusion)
    accuracy = np.array(run.metrics.per_class_accuracy, dtype=float)
    order = np.argsort(-accuracy, kind="stable")
    between = len(order) - 2 * ENDS
    if between > 0:
        order = np.r_[order[:ENDS], order[-ENDS:]]
    images, right = counts.sum(axis=1)[order], np.diag(counts)[order]
    low, high = np.transpose([wilson(*pair) for pair in zip(right, images, strict=True)])
    figure = style.figure(height=1.5 + 0.38 * len(order))
    axes = figure.subplots()
    _draw_bars(axes, accuracy[order], low, high)
    mean = run.best_accuracy
    axes.axvline(mean, color=style.VERMILLION, linestyle="--", linewidth=1.4)
    axes.set_yticks(range(len(order)), [classes[i] for i in order])
    axes.set_xlabel(f"test accuracy, % (n = {_each(images)} images a class; 95 % Wilson interval)")
    if between > 0:
        axes.axhline(ENDS - 0.5, color=style.GREY, linewidth=1, linestyle=":")
        axes.text(1, ENDS - 0.5, f"{between} classes lie between", va="center", backgroundcolor="w")
    axes.set_title(f"{run.label}, seed {run.seed}: {mean:.2f} % over all classes (dashed)")
    return figure


def _draw_bars(axes: Axes, accuracy: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    places = range(len(accuracy))
    axes.barh(places, accuracy, color=style.MEASURED, height=0.7)
    reach = [np.maximum(accuracy - low, 0), np.maximum(high - accuracy, 0)]
    axes.errorbar(accuracy, places, xerr=reach, fmt="none", ecolor="#222222", capsize=3)
    for y, value in enumerate(accuracy):
        text = "–" if math.isnan(value) else f"{value:.1f}"
        axes.text(109, y, text, ha="right", va="center", fontsize=10)
    axes.set_ylim(len(accuracy) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, 110)
    axes.set_xticks(range(0, 101, 20))


def wilson(right: int, images: int) -> tuple[float, float]:
    """Wilson's 95 % score interval for a share, in percent (E. B. Wilson, JASA 1927).

    Of no image nothing is known: 0 to 100.
    """
    if not images:
        return 0.0, 100.0
    z, share = float(ndtri(0.975)), right / images
    middle = share + z**2 / (2 * images)
    reach = z * math.sqrt(share * (1 - share) / images + (z / (2 * images)) ** 2)
    scale = 100 / (1 + z**2 / images)
    return scale * (middle - reach), scale * (middle + reach)


def _each(images: np.ndarray) -> str:
    few, many = int(images.min()), int(images.max())
    return f"{few:,}" if few == many else f"{few:,} to {many:,}"
