"""A table for people to read: cells as plain text, to be drawn as Markdown or LaTeX."""

from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True)
class Section:
    """One grid of cells.

    Attributes:
        columns: name to cells, all equally many.
        heading: stands above them; may be empty.
        bold: the cells to set bold, each (line from 0, name of its column).
        left: names of the columns aligned left; the others are numbers, aligned right.
        paper: names of the columns that a paper has room for; empty: all.
    """

    columns: dict[str, list[str]]
    heading: str = ""
    bold: frozenset[tuple[int, str]] = frozenset()
    left: tuple[str, ...] = ()
    paper: tuple[str, ...] = ()

    @classmethod
    def of_filled(cls, columns: dict[str, list[str]], **others: Any) -> Self:
        """A section without the columns that have nothing in any line."""
        return cls(columns={name: cells for name, cells in columns.items() if any(cells)}, **others)

    @property
    def for_paper(self) -> "Section":
        """The same with the columns that a paper has room for."""
        if not self.paper:
            return self
        return replace(self, columns={k: v for k, v in self.columns.items() if k in self.paper})

    @property
    def lines(self) -> list[list[str]]:
        """The cells line by line."""
        return [list(line) for line in zip(*self.columns.values(), strict=True)]


@dataclass(frozen=True)
class Page:
    """A heading, sections, and what a reader must know about them.

    Attributes:
        name: of the table, as its file is called.
        title: the heading.
        note: a warning that stands with every section (a demo is no result), or None.
        text: paragraphs before the sections.
        sections: the grids of cells.
        notes: sentences below, provenance last.
    """

    name: str
    title: str
    note: str | None
    sections: list[Section]
    text: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def heading(title: str, section: str = "") -> str:
    """A title with its section in the report."""
    return f"{title} (section {section})" if section else title


def capitalized(text: str) -> str:
    """`text` with a capital at its beginning, and all else as it is."""
    return text[:1].upper() + text[1:]
