"""A table as files: CSV for programs, Markdown and LaTeX for people."""

from pathlib import Path

import pandas as pd

from ablate.files import write_text
from ablate.tables.latex import latex
from ablate.tables.markdown import markdown
from ablate.tables.page import Page
from ablate.tables.spreadsheet import csv


def write(frame: pd.DataFrame, page: Page, out: str | Path) -> None:
    """Write `frame` to `out` (.csv), and `page` beside it as .md and .tex.

    The CSV holds the columns and nothing else; what a reader must know besides stands in the other
    two. It is written last: where it is, the others are too.
    """
    out = Path(out)
    write_text(out.with_suffix(".md"), markdown(page))
    write_text(out.with_suffix(".tex"), latex(page))
    write_text(out, csv(frame))
