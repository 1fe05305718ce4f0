"""The one look of all figures."""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import style as matplotlib_style
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from ablate.figures.lettering import families

STYLE_FILE = Path(__file__).with_name("ablate.mplstyle")

# Okabe and Ito's colours without the yellow, which is too pale on white.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GREY = PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#555555",
)
MEASURED = BLUE
REPORTED = VERMILLION
WARNING = "#8A3B00"

WIDTH = 8.0  # inches, of a figure as wide as a page
# A narrow figure is laid out at this share of the width, then shrunk to that of a column.
NARROW = 0.65
OUTLIER = 2.5  # times the 90 % quantile: what lies beyond would flatten the rest
TOWERING, SHORT = 20, 20  # times the 75 % quantile, of fewer values than that

_share: ContextVar[float] = ContextVar("share of the full width", default=1.0)


@contextlib.contextmanager
def applied(narrow: bool = False) -> Iterator[None]:
    """Draw inside the block in this style; the caller's own settings come back after it.

    `narrow`: lay figures out for one column of a paper.
    """
    token = _share.set(NARROW if narrow else 1.0)
    try:
        with matplotlib.rc_context():
            matplotlib_style.use(["default", STYLE_FILE])
            matplotlib.rcParams["font.family"] = families()
            yield
    finally:
        _share.reset(token)


def width(inches: float = WIDTH) -> float:
    """So many inches of a wide figure, in the figure that is being drawn."""
    return inches * _share.get()


def columns(most: int, entries: int) -> int:
    """Columns of a legend, or of text: so many in a wide figure, fewer in a narrow one."""
    return max(1, min(round(most * _share.get()), entries))


def figure(height: float, width: float = WIDTH, gap: float | None = None) -> Figure:
    """An empty figure of `width` x `height` inches that keeps its labels apart.

    The width is that of the wide figure. `gap`: inches between panels, for grids of images;
    matplotlib's own choice otherwise.
    """
    figure = Figure(figsize=(width * _share.get(), height), layout="constrained")
    if gap is not None:
        figure.get_layout_engine().set(w_pad=gap / 2, h_pad=gap / 2, wspace=0, hspace=0)
    return figure


def not_measured(why: str = "Not measured yet") -> Figure:
    """What stands in a partial report for a figure of runs of which none is finished."""
    empty = figure(height=1.6)
    empty.text(0.5, 0.5, why, ha="center", va="center", color=GREY, fontsize=14)
    return empty


def logarithmic(axis: Axis) -> None:
    """Make an axis logarithmic, with plain numbers 1, 3, 10, 30 ... on it."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(_OnesAndThrees(subs=(1, 3)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


class _OnesAndThrees(LogLocator):
    """Ticks at 1, 3, 10, 30 ...; over more decades than there is room for, at some decades alone.

    There a LogLocator that is asked for 3 as well has no ticks at all.
    """

    def tick_values(self, vmin: float, vmax: float) -> np.ndarray:
        ticks = super().tick_values(vmin, vmax)
        if len(ticks):
            return ticks
        decades = LogLocator()
        decades.set_axis(self.axis)
        return decades.tick_values(vmin, vmax)


def top_of(values: Iterable[float]) -> float | None:
    """Where to end an axis that a few values would flatten; None where nothing stands out."""
    finite = np.array([value for value in values if np.isfinite(value)])
    if len(finite) < 5:
        return None
    # Of a short run two values are a quarter of all; they stand out if they tower over the others.
    most = float(np.quantile(finite, 0.9))
    if finite.max() > OUTLIER * most > 0:
        return 1.3 * most
    most = float(np.quantile(finite, 0.75, method="lower"))
    return 1.3 * most if len(finite) < SHORT and finite.max() > TOWERING * most > 0 else None
