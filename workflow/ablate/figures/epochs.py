"""Lines by epoch: a thin one a seed, and their mean."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

FEW = 15  # epochs: of fewer each has a dot


def mean_by_epoch(lines: Sequence[np.ndarray]) -> np.ndarray:
    """The mean over seeds at each epoch that all of them reached."""
    epochs = min(map(len, lines))
    return np.mean([line[:epochs] for line in lines], axis=0)


def draw_each(axes: Axes, lines: Sequence[np.ndarray], **how: Any) -> None:
    """Every seed's line, where there are several: one is its own mean."""
    for line in lines if len(lines) > 1 else ():
        axes.plot(1 + np.arange(len(line)), line, **how)


def draw_mean(axes: Axes, lines: Sequence[np.ndarray], **how: Any) -> None:
    """The mean of the lines."""
    mean = mean_by_epoch(lines)
    axes.plot(1 + np.arange(len(mean)), mean, **how)


def marker(lines: Sequence[np.ndarray]) -> str | None:
    """A dot an epoch for the mean of few."""
    return "o" if min(map(len, lines)) < FEW else None
