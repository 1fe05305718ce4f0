"""Makes a table: CSV, Markdown and LaTeX."""

import importlib
import sys
from pathlib import Path
from typing import Any

from ablate.planning.requests import Request
from ablate.steps import asked
from ablate.tables import formats


def make(kind: str, content: dict[str, Any], out: Path) -> None:
    """Write the table that the module `kind` of ablate.tables makes to `out` (.csv), .md and .tex.

    A module with `page(request) -> (frame, Page)` lays its page out itself; of one that has only
    `table(request) -> frame` all columns are shown.

    Raises:
        AblateError: what the table is made from is absent or damaged.
    """
    module = importlib.import_module(f"ablate.tables.{kind}")
    if hasattr(module, "page"):
        frame, page = module.page(content)
    else:
        frame = module.table(content)
        page = formats.plain_page(frame, content, kind)
    formats.write(frame, page, out)


def step(request: Request) -> None:
    """Make the table that a rule asks for."""
    make(request.request["kind"], request.content(), request.outputs[0])


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


if __name__ == "__main__":
    sys.exit(main())
