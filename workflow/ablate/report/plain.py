"""The plain report: all tables and figures in one Markdown file that a code host shows."""

import re
from pathlib import Path

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.report.facts import all_rows, facts, provenances
from ablate.tables.markdown import escape
from ablate.tables.summary import headlines


def page(request: dict) -> str:
    """The report as Markdown, for the folder of the results.

    Args:
        request: as `ablate.report.overview.page`, and `tables`: names of tables besides the
            studies'.

    Raises:
        AblateError: a table, a run's metrics or the manifest is missing or damaged.
    """
    frame = all_rows(request)
    records = provenances(request["results"], frame)
    blocks = [
        "# Report",
        *([f"> **{escape(request['note'])}**"] if request.get("note") else []),
        *_stale(request.get("stale") or []),
        "\n".join(f"- {escape(line)}" for line in headlines(frame)),
        "## What was run",
        "\n".join(f"- {what}: {escape(value)}" for what, value in facts(request, records)),
        *(block for study in request["studies"] for block in _study(request, study)),
        *(block for name in request.get("tables", []) for block in _table(request, name)),
        *_figures(request),
    ]
    return "\n\n".join(blocks) + "\n"


def _stale(reasons: list[str]) -> list[str]:
    if not reasons:
        return []
    lines = "\n".join(f"> - {escape(reason)}" for reason in reasons)
    return [f"> **Out of date: run `make report` to rebuild.**\n{lines}"]


def _study(request: dict, study: dict) -> list[str]:
    figure = f"study_{study['study']}"
    alternative = f"{study['title']}: reported and measured accuracy of every row"
    return [*_table(request, study["study"]), _image(figure, alternative)]


def _table(request: dict, name: str) -> list[str]:
    """A table's own Markdown, its headings one level down and its note left out."""
    path = Results(request["results"]).table(name, "md")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AblateError(f"{path} cannot be read: {error.strerror or error}.") from error
    blocks = re.sub(r"^(#+ )", r"#\1", text, flags=re.MULTILINE).strip().split("\n\n")
    note = f"> **{escape(request['note'])}**" if request.get("note") else None
    return [block for block in blocks if block != note]


def _figures(request: dict) -> list[str]:
    figures = request.get("figures", [])
    return ["## Figures", *(block for f in figures for block in _figure(f))] if figures else []


def _figure(figure: dict) -> list[str]:
    heading = " ".join(p for p in (figure.get("section"), figure["title"]) if p)
    caption = [escape(figure["caption"])] if figure.get("caption") else []
    return [f"### {escape(heading)}", *caption, _image(figure["figure"], figure["title"])]


def _image(figure: str, alternative: str) -> str:
    """A link relative to the results' folder, where the report lies."""
    words = re.sub(r"[\[\]]", "", alternative)
    return f"![{words}]({Path('figures', figure).as_posix()}.png)"
