"""Figure 3: every kernel of a trained network's first convolution."""

import numpy as np
from matplotlib.figure import Figure

from ablate.figures import style
from ablate.figures.first_layer import first_convolution
from ablate.figures.pictures import grid, show
from ablate.requests.figure import Drawing
from ablate.runs.finished import finished_runs

NEEDS = {"shows": "runs", "weights": True}

WIDTH = 5.6  # inches


def draw(request: Drawing) -> Figure:
    """The kernels of the first run of the request, as colour images."""
    run = finished_runs(request.results, request.runs)[0]
    weight = first_convolution(run)[0].numpy()
    rows, columns = grid(len(weight))
    figure = style.figure(height=0.95 + style.width(WIDTH) * rows / columns, width=WIDTH, gap=0.08)
    show(figure, coloured(weight))
    size = "×".join(map(str, weight.shape[2:]))
    figure.suptitle(f"{len(weight)} first-layer kernels, {size}", x=0.01, ha="left")
    figure.supxlabel(
        f"{run.label}: best epoch of seed {run.seed}, {run.best_accuracy:.1f} % test accuracy\n"
        "each kernel divided by its largest weight; grey is 0, channels are red, green, blue",
        fontsize=9.5,
    )
    return figure


def coloured(weight: np.ndarray) -> np.ndarray:
    """Kernels [n, 3, k, k] as images [n, k, k, 3] in 0..1.

    Weight 0 is 0.5; each kernel's largest weight is 0 or 1.
    """
    largest = np.abs(weight).max(axis=(1, 2, 3), keepdims=True)
    scaled = np.divide(weight, largest, out=np.zeros_like(weight), where=largest > 0)
    return (0.5 + 0.5 * scaled).transpose(0, 2, 3, 1)
