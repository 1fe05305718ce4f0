"""One colour and marker for each of many groups: neighbours differ in both."""

from collections.abc import Container, Iterable

from ablate.figures import style

SHAPES = "osD^vPX*"


def marks(names: Iterable[str], shown: Container[str] | None = None) -> dict[str, tuple[str, str]]:
    """(colour, marker) for each name, in order; distinct for up to 56 names.

    Given the names that are `shown`, only theirs, as they are among all: a study has one look in
    every figure and on every page.
    """
    return {
        name: (style.PALETTE[i % len(style.PALETTE)], SHAPES[i % len(SHAPES)])
        for i, name in enumerate(dict.fromkeys(names))
        if shown is None or name in shown
    }
