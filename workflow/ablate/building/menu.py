"""What Snakemake's HTML report says: how its menu calls and sorts what it shows, and captions.

Snakemake reads captions as reStructuredText, and puts labels into a script as they are.
"""

import re

from ablate.planning.plan import Plan


def figure_labels(plan: Plan, name: str) -> dict[str, str]:
    """What the menu says of a figure."""
    figure = plan.config.figures[name]
    return {"section": section_key(figure.section), "figure": literal(figure.title)}


def figure_caption(plan: Plan, name: str) -> str:
    """The caption of a figure of the report."""
    return rst(plan.config.figures[name].caption)


def section_key(section: str) -> str:
    """A section's number with leading zeros, since menus sort by text: 2.2.10 -> 2.02.10."""
    first, *rest = literal(section).split(".")
    return ".".join([first, *(part.zfill(2) for part in rest)])


def literal(text: str) -> str:
    """`text` as a label: Snakemake puts wildcards between its braces, and ends a script at a tag.

    There is no escape; a word joiner (U+2060), which shows nowhere, hides the sign from it.
    """
    return re.sub(r"([{<])", "\\1\N{WORD JOINER}", text)


def rst(text: str) -> str:
    """`text` such that reStructuredText shows it as it stands, on one line."""
    return re.sub(r"([^\w\s]|_)", r"\\\1", " ".join(text.split()))
