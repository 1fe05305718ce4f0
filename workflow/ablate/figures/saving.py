"""How a figure is saved, and marked where it is no result: always the same bytes."""

import contextlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

import matplotlib
from fontTools import subset
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from ablate.figures.column import ColumnPages
from ablate.figures.style import ORANGE, WARNING
from ablate.files import write_whole

MARGIN = 0.1  # inches around what is drawn
# With what each says of its making: neither when nor by what.
FORMATS = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None},
}
ROUNDS = 2  # of the layout: what a label takes depends on where the first has put it

# Of a font a PDF needs the glyphs. The tables for setting text, which no reader of a PDF looks at,
# take longest to be cut to size.
subset.Options._drop_tables_default += ["GSUB", "GPOS", "GDEF"]


def save(figure: Figure, png_path: str | Path, note: str | None = None) -> None:
    """Write `png_path`, and the SVG and PDF of the same name, each whole or not at all.

    The bytes depend on the drawing alone: no dates, no random ids. `note`: to be stamped on it.

    Raises:
        AblateError: the folder cannot be written.
    """
    png_path = Path(png_path)
    with _finished(figure, note) as drawn:
        for kind, metadata in FORMATS.items():
            with write_whole(png_path.with_suffix(f".{kind}")) as draft:
                figure.savefig(draft, format=kind, bbox_inches=drawn, metadata=metadata)


def save_narrow(figure: Figure, pdf_path: str | Path, note: str | None = None) -> None:
    """Write a figure as a PDF that is as wide as a column; its bytes too depend on it alone.

    Raises:
        AblateError: the folder cannot be written.
    """
    with (
        write_whole(Path(pdf_path)) as draft,
        _finished(figure, note) as drawn,
        ColumnPages(draft, metadata=FORMATS["pdf"]) as pages,
    ):
        pages.savefig(figure, bbox_inches=drawn)


@contextlib.contextmanager
def _finished(figure: Figure, note: str | None) -> Iterator[Bbox]:
    """The figure laid out and stamped; the box in inches of all that is drawn, and its margin.

    Inside the block nothing moves, and no format lays it out again: savefig widens the figure
    around the stamp, and draws a figure that has a layout engine, or a "tight" box, twice.
    """
    drawn = _laid_out(figure)
    mark = stamp(figure, note, drawn)
    if mark is not None:
        inches = mark.get_tightbbox().transformed(figure.dpi_scale_trans.inverted())
        drawn = Bbox.union([drawn, inches])
    for legend in figure.legends:
        legend.set_bbox_to_anchor((0, 0, 1, 1), transform=figure.transFigure)
    # Without this, a figure that has no engine is given one.
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
        yield drawn.padded(MARGIN)


def _laid_out(figure: Figure) -> Bbox:
    """Lay the figure out; the box in inches of all that is drawn."""
    # With one renderer, which remembers the sizes of texts.
    FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None and figure.axes:
        for _ in range(ROUNDS):
            engine.execute(figure)
    return figure.get_tightbbox()


def stamp(figure: Figure, note: str | None, drawn: Bbox) -> Text | None:
    """Say below all that is drawn, a box in inches, what it is; None or "" leaves it alone.

    The line covers nothing; `save` makes room for it.
    """
    if not note:
        return None
    width, height = figure.get_size_inches()
    characters = max(20, int(width * 12))
    return figure.text(
        0.5,
        min(drawn.y0, 0.0) / height - 0.15 / height,
        textwrap.fill(note, characters),
        ha="center",
        va="top",
        fontsize=10,
        fontweight="bold",
        color=WARNING,
        bbox={"boxstyle": "round,pad=0.4", "facecolor": "#FFF1DF", "edgecolor": ORANGE},
    )
