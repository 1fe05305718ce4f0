"""Tables on a page: cells with what they sort by and how they are coloured."""

import math
import re
from dataclasses import dataclass, field

from ablate.tables.page import Section

NUMBER = re.compile(r"[-+]?\d[\d,]*\.?\d*")
# A difference of so many percent points, or more, has the full colour.
STRONG = 10.0
ABOVE, BELOW = "0, 114, 178", "230, 159, 0"


@dataclass
class Cell:
    """One cell: its text, smaller text below it, words set off as marks, and a CSS style."""

    text: str
    sort: str = ""
    below: str = ""
    marks: list[str] = field(default_factory=list)
    style: str = ""


@dataclass
class Grid:
    """A sortable table: columns as (name, is it numeric), and lines of cells.

    `bold` holds the lines, from 0, that have a cell set off as the best.
    """

    columns: list[tuple[str, bool]]
    lines: list[list[Cell]]
    bold: frozenset[int] = frozenset()
    caption: str = ""

    def column(self, name: str) -> list[Cell]:
        """The cells of a column; none if there is no such column."""
        names = [column for column, _ in self.columns]
        return [line[names.index(name)] for line in self.lines] if name in names else []

    def drop(self, name: str) -> None:
        """Take a column away, if it is there."""
        names = [column for column, _ in self.columns]
        if name in names:
            place = names.index(name)
            del self.columns[place]
            for line in self.lines:
                del line[place]


def grid(section: Section) -> Grid:
    """A section of a table as a grid: numeric columns sort by the first number in a cell."""
    columns = [(name, name not in section.left) for name in section.columns]
    lines = [
        [
            Cell(text, sort_key(text) if numeric else text.casefold())
            for text, (_, numeric) in zip(line, columns, strict=True)
        ]
        for line in section.lines
    ]
    bold = frozenset(line for line, _ in section.bold)
    return Grid(columns, lines, bold, section.heading)


def sort_key(text: str) -> str:
    """The first number in a cell's text, as "> 2000" or "80.10 ± 0.30 (3)"; "" if there is none."""
    found = NUMBER.search(text)
    return found.group().replace(",", "").lstrip("+") if found else ""


def tone(difference: float) -> str:
    """A background for a difference in percent points: blue above, orange below, pale near zero."""
    if math.isnan(difference) or difference == 0:
        return ""
    colour = ABOVE if difference > 0 else BELOW
    return f"background: rgba({colour}, {0.55 * min(abs(difference) / STRONG, 1):.2f})"
