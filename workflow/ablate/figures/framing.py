"""What stands around the figures of batch normalisation: whose colour is whose, legend, notes."""

import textwrap
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ablate.figures import style
from ablate.requests.figure import Drawing

# Plain, with batch normalisation, with dropout: the same colour in every figure.
PLAIN, NORMALISED, DROPPED = style.VERMILLION, style.BLUE, style.GREEN
COLOURS = (PLAIN, NORMALISED, DROPPED, style.PURPLE, style.ORANGE, style.SKY, style.GREY)
NOTE = 118  # characters of the notes' small type on a wide figure's line


def finish(
    figure: Figure,
    request: Drawing,
    handles: Sequence[Artist],
    notes: Sequence[str],
    columns: int = 3,
) -> None:
    """Title and legend above all, below all the notes that are not empty, each on its own line."""
    # A title of the legend's: matplotlib lays a figure's title across a legend outside the axes.
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=style.columns(columns, len(handles)),
        title=request.title,
        title_fontproperties={"weight": "bold", "size": 13},
        alignment="left",
    )
    characters = int(style.width(NOTE))
    written = [line for note in notes if note for line in note.split("\n")]
    lines = [textwrap.fill(line, characters) for line in written]
    figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=9, color=style.GREY)


def handle(label: str, colour: str, line: bool = False) -> Artist:
    """A legend entry of a band or a line."""
    if line:
        return Line2D([], [], color=colour, lw=1.8, label=label)
    return Patch(facecolor=(colour, 0.45), edgecolor=colour, label=label)


def seeds(count: int) -> str:
    """How many seeds a line or band stands for, in words."""
    return f"mean of {count} seeds" if count > 1 else "1 seed"
