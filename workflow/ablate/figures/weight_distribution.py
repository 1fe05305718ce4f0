"""Figure 5: how first-layer weights are spread, a panel a run."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ablate.figures import style
from ablate.figures.first_layer import first_convolution
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs

NEEDS = {"shows": "runs", "weights": True}

BINS = 61
NEAR = 0.1  # the report's words: with decay 1e-2, weights lie within ±0.1


def draw(request: Drawing) -> Figure:
    """A histogram of each run's first convolution, all over one range of weights.

    Of a run with several seeds, the first is drawn.
    """
    runs = finished_runs(
        request.results, [run.model_copy(update={"seeds": run.seeds[:1]}) for run in request.runs]
    )
    weights = [first_convolution(run)[0].numpy().ravel() for run in runs]
    reach = max([NEAR * 1.2, *(float(np.abs(values).max()) for values in weights)]) * 1.02
    edges = np.linspace(-reach, reach, BINS + 1)
    figure = style.figure(height=0.8 + 2.1 * len(runs))
    panels = figure.subplots(len(runs), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, run, values, colour in zip(panels, runs, weights, style.PALETTE, strict=False):
        _draw_panel(axes, run, values, edges, colour)
    panels[0].annotate(
        f"±{NEAR}", (NEAR, 0.97), xycoords=("data", "axes fraction"), xytext=(4, 0),
        textcoords="offset points", va="top", fontsize=10, color=style.GREY,
    )  # fmt: skip
    panels[-1].set_xlabel(f"weight of the first convolution (seed {runs[0].seed})")
    return figure


def spread(values: np.ndarray) -> tuple[float, float]:
    """Standard deviation of the weights, and the share of them within ±0.1, in percent."""
    return float(values.std()), float(100 * (np.abs(values) <= NEAR).mean())


def _draw_panel(
    axes: Axes, run: FinishedRun, values: np.ndarray, edges: np.ndarray, colour: str
) -> None:
    axes.hist(values, edges, color=colour, alpha=0.85)
    for edge in (-NEAR, NEAR):
        axes.axvline(edge, color=style.GREY, linewidth=1.2, linestyle="--")
    deviation, near = spread(values)
    axes.set_title(f"{run.label}: sd {deviation:.3g}, {near:.1f} % within ±{NEAR}")
    axes.set_ylabel(f"weights (of {values.size:,})")
