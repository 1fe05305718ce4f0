"""Draws a figure: PNG, SVG and PDF, and a narrow PDF for one column of a paper."""

import importlib
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from matplotlib.figure import Figure

from ablate.errors import WeightsNotKept
from ablate.figures import lettering, saving, style
from ablate.planning.requests import Request
from ablate.requests.figure import Drawing, StudyDrawing
from ablate.steps import command_line


def draw(asked_for: Drawing | StudyDrawing, out: Path) -> None:
    """Draw a figure, marked with its note, as `out` (.png), .svg and .pdf.

    NAME_narrow.pdf beside them is the same, laid out anew for one column.
    """
    with style.applied():
        saving.save(_drawn(asked_for), out, asked_for.note)
    with style.applied(narrow=True):
        narrow = out.with_name(f"{out.stem}_narrow.pdf")
        saving.save_narrow(_drawn(asked_for), narrow, asked_for.note)


def _drawn(asked_for: Drawing | StudyDrawing) -> Figure:
    module = importlib.import_module(f"ablate.figures.{asked_for.module}")
    return style.not_measured() if asked_for.missing else _of_what_is_there(module, asked_for)


def _of_what_is_there(module: ModuleType, asked_for: Drawing | StudyDrawing) -> Figure:
    try:
        return module.draw(asked_for)
    except WeightsNotKept:
        if not (isinstance(asked_for, Drawing) and asked_for.partial):
            raise
        return style.not_measured("Its weights were not kept")


def step(request: Request) -> None:
    """Draw the figure that a rule asks for."""
    draw(read(request), request.outputs[0])


def read(request: Request) -> Drawing | StudyDrawing:
    """What is to be drawn, with its text to be drawn letter by letter."""
    kind = StudyDrawing if "study" in request.request else Drawing
    return request.model_copy(update={"request": literal(request.request)}).read(kind)


def literal(plain: Any) -> Any:
    """A request with its text to be drawn letter by letter."""
    if isinstance(plain, dict):
        return {key: literal(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [literal(part) for part in plain]
    return lettering.literal(plain) if isinstance(plain, str) else plain


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
