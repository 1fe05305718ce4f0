"""A table as files: CSV for programs, Markdown and LaTeX for people."""

from pathlib import Path

import pandas as pd

from ablate.files import write_whole
from ablate.requests.asked import Asked
from ablate.tables.latex import latex
from ablate.tables.markdown import markdown
from ablate.tables.page import Page, Section, capitalized
from ablate.tables.spreadsheet import csv


def write(frame: pd.DataFrame, page: Page, out: str | Path) -> None:
    """Write `frame` to `out` (.csv), and `page` beside it as .md and .tex.

    The CSV holds the columns and nothing else; what a reader must know besides stands in the other
    two. It is written last: where it is, the others are too.

    Raises:
        AblateError: a file cannot be written.
    """
    out = Path(out)
    _write_text(markdown(page), out.with_suffix(".md"))
    _write_text(latex(page), out.with_suffix(".tex"))
    _write_text(csv(frame), out)


def plain_page(frame: pd.DataFrame, request: Asked, name: str) -> Page:
    """A page that shows every column of `frame`, marked as the request says."""
    is_number = {column: pd.api.types.is_numeric_dtype(frame[column]) for column in frame}
    section = Section(
        columns={str(column): [_cell(value) for value in frame[column]] for column in frame},
        left=tuple(column for column, numeric in is_number.items() if not numeric),
    )
    return Page(
        name=name,
        title=capitalized(name.replace("_", " ")),
        note=request.note,
        sections=[section],
    )


def _cell(value: object) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _write_text(text: str, path: Path) -> None:
    with write_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")
