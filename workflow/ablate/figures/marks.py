"""One colour and marker for each of many groups: neighbours differ in both."""

from ablate.figures import style

SHAPES = "osD^vPX*"


def marks(names: list[str]) -> dict[str, tuple[str, str]]:
    """(colour, marker) for each name, in order; distinct for up to 56 names."""
    return {
        name: (style.PALETTE[i % len(style.PALETTE)], SHAPES[i % len(SHAPES)])
        for i, name in enumerate(dict.fromkeys(names))
    }
