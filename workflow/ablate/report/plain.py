"""The plain report: all tables and figures in one Markdown file that a code host shows."""

import re
from pathlib import Path

from ablate.report.facts import all_rows, facts, provenances
from ablate.requests.page import ListedFigure, Plain
from ablate.requests.study import Heading
from ablate.tables.markdown import escape
from ablate.tables.summary import headlines


def page(request: Plain) -> str:
    """The report as Markdown, for the folder of the results."""
    frame = all_rows(request)
    records = provenances(request.results, frame)
    blocks = [
        "# Report",
        *([f"> **{escape(request.note)}**"] if request.note else []),
        "\n".join(f"- {escape(line)}" for line in headlines(frame)),
        "## What was run",
        "\n".join(f"- {what}: {escape(value)}" for what, value in facts(request, records)),
        *(block for study in request.studies for block in _study(request, study)),
        *(block for name in request.tables for block in _table(request, name)),
        *_figures(request),
    ]
    return "\n\n".join(blocks) + "\n"


def _study(request: Plain, study: Heading) -> list[str]:
    figure = f"study_{study.name}"
    alternative = f"{study.title}: accuracy of every row"
    return [*_table(request, study.name), _image(figure, alternative)]


def _table(request: Plain, name: str) -> list[str]:
    """A table's own Markdown, its headings one level down and its note left out."""
    text = request.results.table(name, "md").read_text(encoding="utf-8")
    blocks = re.sub(r"^(#+ )", r"#\1", text, flags=re.MULTILINE).strip().split("\n\n")
    note = f"> **{escape(request.note)}**" if request.note else None
    return [block for block in blocks if block != note]


def _figures(request: Plain) -> list[str]:
    blocks = [block for figure in request.figures for block in _figure(figure)]
    return ["## Figures", *blocks] if blocks else []


def _figure(figure: ListedFigure) -> list[str]:
    heading = " ".join(p for p in (figure.section, figure.title) if p)
    caption = [escape(figure.caption)] if figure.caption else []
    return [f"### {escape(heading)}", *caption, _image(figure.name, figure.title)]


def _image(figure: str, alternative: str) -> str:
    """A link relative to the results' folder, where the report lies."""
    words = escape(re.sub(r"[\[\]]", "", alternative))
    return f"![{words}]({Path('figures', figure).as_posix()}.png)"
