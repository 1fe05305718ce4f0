"""The best model's confusion matrix."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from ablate.data.manifest import Manifest
from ablate.figures import style
from ablate.figures.lettering import class_names
from ablate.requests.figure import Drawing
from ablate.runs.finished import best_run, finished_runs

NEEDS = {"shows": "runs", "classes": True}
# Up to so many classes numbers fit into the cells; so many names fit beside them; so many mistakes
# are listed below.
COUNTED, NAMED, COMMONEST = 20, 50, 6


def draw(request: Drawing) -> Figure:
    """Counts of test images by true class (rows) and predicted class (columns) of the best run.

    Colour shows the mistakes alone, so that the few stand out beside the many right answers. More
    than `COUNTED` classes leave no room for numbers: a scale explains the colours, as many classes
    are named as can be read, and the commonest mistakes are listed.
    """
    run = best_run(finished_runs(request.results, request.runs))
    classes = class_names(Manifest.read(request.results.manifest).classes)
    counts = np.array(run.metrics.confusion)
    wrong = counts * ~np.eye(len(counts), dtype=bool)
    most = max(int(wrong.max()), 1)
    figure = style.figure(height=7.6)
    axes = figure.subplots()
    axes.grid(visible=False)
    image = _draw_colours(axes, counts, most)
    few = len(classes) <= COUNTED
    if few:
        _draw_counts(axes, counts, most)
    else:
        whole = MaxNLocator(integer=True)
        figure.colorbar(image, ax=axes, shrink=0.7, label="test images", ticks=whole)
        figure.supxlabel(_commonest(wrong, classes), fontsize=9.5)
    named = range(0, len(classes), -(-len(classes) // NAMED))
    names = [classes[label] for label in named]
    size = 10 if few else 7
    slanted = {"rotation": 40 if few else 90, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(named, names, fontsize=size, va="top" if few else "center", **slanted)
    axes.set_yticks(named, names, fontsize=size)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    share = f"{wrong.sum():,} of {counts.sum():,} test images wrong"
    axes.set_title(f"{run.label}, seed {run.seed}: {share}")
    return figure


def _draw_colours(axes: Axes, counts: np.ndarray, most: int) -> AxesImage:
    wrong = np.ma.masked_array(counts, mask=np.eye(len(counts), dtype=bool))
    colours = colormaps["Oranges"].with_extremes(bad="#DCE9F3")
    return axes.imshow(wrong, cmap=colours, vmin=0, vmax=most)


def _commonest(wrong: np.ndarray, classes: list[str]) -> str:
    """The mistakes that were made most often, with how often, in lines of two."""
    order = np.argsort(-wrong, axis=None, kind="stable")[:COMMONEST]
    pairs = [divmod(int(place), len(wrong)) for place in order]
    said = [
        f"{classes[a]} taken for {classes[b]}: {wrong[a, b]:,}" for a, b in pairs if wrong[a, b]
    ]
    lines = ["; ".join(said[i : i + 2]) for i in range(0, len(said), 2)]
    return "\n".join(["The commonest mistakes:", *lines]) if said else ""


def _draw_counts(axes: Axes, counts: np.ndarray, most: int) -> None:
    for (true, predicted), count in np.ndenumerate(counts):
        axes.text(
            predicted,
            true,
            f"{count:,}" if count else "·",
            ha="center",
            va="center",
            fontsize=10,
            fontweight="bold" if true == predicted else "normal",
            color="white" if true != predicted and count > 0.6 * most else "#222222",
        )
