"""Draws a figure: PNG and SVG."""

import importlib
import sys
from pathlib import Path
from typing import Any

from ablate.figures import lettering, style
from ablate.planning.requests import Request
from ablate.steps import asked


def draw(name: str, content: dict[str, Any], out: Path) -> None:
    """Draw figure `name`, marked with the request's note, as `out` (.png) and .svg.

    Raises:
        AblateError: what it needs is missing or damaged, or it cannot be written.
    """
    content = literal(content)
    drawn_by = "study" if name.startswith("study_") else name
    module = importlib.import_module(f"ablate.figures.{drawn_by}")
    with style.applied():
        figure = style.not_measured() if content.get("missing") else module.draw(content)
        style.stamp(figure, content.get("note"))
        style.save(figure, out)


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
