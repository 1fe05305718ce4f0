"""Draws a figure: PNG, SVG and PDF, and a narrow PDF for one column of a paper."""

import importlib
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ablate.figures import lettering, style
from ablate.planning.requests import Request
from ablate.steps import asked


def draw(name: str, content: dict[str, Any], out: Path) -> None:
    """Draw figure `name`, marked with the request's note, as `out` (.png), .svg and .pdf.

    NAME_narrow.pdf beside them is the same, laid out anew for one column.

    Raises:
        AblateError: what it needs is missing or damaged, or it cannot be written.
    """
    with style.applied():
        style.save(_drawn(name, content), out)
    with style.applied(narrow=True):
        style.save_narrow(_drawn(name, content), out.with_name(f"{out.stem}_narrow.pdf"))


def _drawn(name: str, content: dict[str, Any]) -> Figure:
    content = literal(content)
    drawn_by = "study" if name.startswith("study_") else name
    module = importlib.import_module(f"ablate.figures.{drawn_by}")
    figure = style.not_measured() if content.get("missing") else module.draw(content)
    style.stamp(figure, content.get("note"))
    return figure


def step(request: Request) -> None:
    """Draw the figure that a rule asks for."""
    draw(request.request["figure"], request.content(), request.outputs[0])


def literal(request: Any) -> Any:
    """A request with its text to be drawn letter by letter."""
    if isinstance(request, dict):
        return {k: v if k == "results" else literal(v) for k, v in request.items()}
    if isinstance(request, list):
        return [literal(part) for part in request]
    return lettering.literal(request) if isinstance(request, str) else request


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


if __name__ == "__main__":
    sys.exit(main())
