"""One colour and marker for each of many groups: neighbours differ in both."""

from collections.abc import Container, Iterable

from matplotlib.lines import Line2D

from ablate.figures import style

Mark = tuple[str, str]  # colour, marker
SHAPES = "osD^vPX*"


def marks(names: Iterable[str], shown: Container[str] | None = None) -> dict[str, Mark]:
    """The mark of each name, in order; distinct for up to 56 names.

    Given the names that are `shown`, only theirs, as they are among all: a study has one look in
    every figure and on every page.
    """
    return {
        name: (style.PALETTE[i % len(style.PALETTE)], SHAPES[i % len(SHAPES)])
        for i, name in enumerate(dict.fromkeys(names))
        if shown is None or name in shown
    }


def handles(looks: dict[str, Mark]) -> list[Line2D]:
    """A legend's entries, one a name."""
    return [
        Line2D([], [], linestyle="", color=colour, marker=shape, label=name)
        for name, (colour, shape) in looks.items()
    ]
