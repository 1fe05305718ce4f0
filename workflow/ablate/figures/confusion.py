"""The best model's confusion matrix."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ablate.data.manifest import Manifest
from ablate.figures import style
from ablate.paths import Results
from ablate.runs.finished import best_run, finished_runs

NEEDS = {"shows": "runs"}


def draw(request: dict) -> Figure:
    """Counts of test images by true class (rows) and predicted class (columns) of the best run.

    Colour shows the mistakes alone, so that the few stand out beside the many right answers.
    """
    run = best_run(finished_runs(request["results"], request["runs"], request.get("partial")))
    classes = Manifest.read(Results(request["results"]).manifest).classes
    counts = np.array(run.metrics.confusion)
    figure = style.figure(height=7.6)
    axes = figure.subplots()
    axes.grid(visible=False)
    _draw_counts(axes, counts)
    axes.set_xticks(range(len(classes)), classes, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(classes)), classes)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    wrong = int(counts.sum() - np.trace(counts))
    axes.set_title(f"{run.label}, seed {run.seed}: {wrong:,} of {counts.sum():,} test images wrong")
    return figure


def _draw_counts(axes: Axes, counts: np.ndarray) -> None:
    wrong = np.ma.masked_array(counts, mask=np.eye(len(counts), dtype=bool))
    largest = max(int(wrong.max()) if wrong.count() else 0, 1)
    colours = colormaps["Oranges"].with_extremes(bad="#DCE9F3")
    axes.imshow(wrong, cmap=colours, vmin=0, vmax=largest)
    for (true, predicted), count in np.ndenumerate(counts):
        axes.text(
            predicted,
            true,
            f"{count:,}" if count else "·",
            ha="center",
            va="center",
            fontsize=10,
            fontweight="bold" if true == predicted else "normal",
            color="white" if true != predicted and count > 0.6 * largest else "#222222",
        )
