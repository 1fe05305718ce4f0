"""The one look of all figures, the mark on demo and quick figures, and how a figure is saved."""

import contextlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

import matplotlib
from matplotlib import style as matplotlib_style
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter

from ablate.figures.lettering import families
from ablate.files import write_whole

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
MARGIN = 0.1  # inches around what is drawn
UNDATED = {"Date": None, "Creator": None}


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Draw inside the block in this style; the caller's own settings come back after it."""
    with matplotlib.rc_context():
        matplotlib_style.use(["default", STYLE_FILE])
        matplotlib.rcParams["font.family"] = families()
        yield


def figure(height: float, width: float = WIDTH, gap: float | None = None) -> Figure:
    """An empty figure of `width` x `height` inches that keeps its labels apart.

    `gap`: inches between panels, for grids of images; matplotlib's own choice otherwise.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    if gap is not None:
        figure.get_layout_engine().set(w_pad=gap / 2, h_pad=gap / 2, wspace=0, hspace=0)
    return figure


def not_measured() -> Figure:
    """What stands in a partial report for a figure of runs of which none is finished."""
    empty = figure(height=1.6)
    empty.text(0.5, 0.5, "Not measured yet", ha="center", va="center", color=GREY, fontsize=14)
    return empty


def logarithmic(axis: Axis) -> None:
    """Make an axis logarithmic, with plain numbers 1, 3, 10, 30 ... on it."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(LogLocator(subs=(1, 3)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def stamp(figure: Figure, note: str | None) -> Text | None:
    """Say below the whole drawing what it is; None or "" leaves it alone.

    The line stands under everything that is drawn, so it covers nothing; `save` makes room for it.
    """
    if not note:
        return None
    figure.draw_without_rendering()
    inches = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    characters = max(20, int(width * 12))
    return figure.text(
        0.5,
        min(inches.y0, 0.0) / height - 0.15 / height,
        textwrap.fill(note, characters),
        ha="center",
        va="top",
        fontsize=10,
        fontweight="bold",
        color=WARNING,
        bbox={"boxstyle": "round,pad=0.4", "facecolor": "#FFF1DF", "edgecolor": ORANGE},
    )


def save(figure: Figure, png_path: str | Path) -> None:
    """Write `png_path` and the SVG of the same name beside it, each whole or not at all.

    The bytes depend on the drawing alone: no dates, no random ids.

    Raises:
        AblateError: the folder cannot be written.
    """
    png_path = Path(png_path)
    _freeze(figure)
    # Found once: savefig's own "tight" draws the figure again for each format.
    drawn = figure.get_tightbbox().padded(MARGIN)
    with write_whole(png_path) as draft:
        figure.savefig(draft, format="png", bbox_inches=drawn, metadata={"Software": None})
    with write_whole(png_path.with_suffix(".svg")) as draft:
        figure.savefig(draft, format="svg", bbox_inches=drawn, metadata=UNDATED)


def _freeze(figure: Figure) -> None:
    """Lay the figure out a last time: saving widens it around a stamp, and nothing shall move."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for legend in figure.legends:
        legend.set_bbox_to_anchor((0, 0, 1, 1), transform=figure.transFigure)
