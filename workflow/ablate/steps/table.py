"""Makes a table: CSV, Markdown and LaTeX."""

import importlib
import sys
from functools import partial
from pathlib import Path

from ablate.planning.requests import Request
from ablate.requests.asked import Asked
from ablate.requests.table import KINDS
from ablate.steps import command_line
from ablate.tables import formats


def make(asked_for: Asked, out: Path) -> None:
    """Write a table to `out` (.csv), .md and .tex: `page(request)` of a module of ablate.tables."""
    module = importlib.import_module(f"ablate.tables.{asked_for.kind}")
    frame, page = module.page(asked_for)
    formats.write(frame, page, out)


def step(request: Request) -> None:
    """Make the table that a rule asks for."""
    make(request.read(KINDS[request.request["kind"]]), request.outputs[0])


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
