"""Writes a page of the report."""

import sys
from pathlib import Path
from typing import Any

from ablate.files import write_whole
from ablate.planning.requests import Request
from ablate.report import overview, plain, runs, study, table
from ablate.steps import asked

PAGES = {
    "overview": overview.page,
    "study": study.page,
    "runs": runs.page,
    "table": table.page,
    "markdown": plain.page,
}


def write(kind: str, content: dict[str, Any], out: Path) -> None:
    """Write the page of a kind.

    Raises:
        AblateError: what it shows is missing or damaged, or it cannot be written.
    """
    text = PAGES[kind](content)
    with write_whole(out) as draft:
        draft.write_text(text, encoding="utf-8")


def step(request: Request) -> None:
    """Write the page that a rule asks for."""
    write(request.request["kind"], request.content(), request.outputs[0])


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


if __name__ == "__main__":
    sys.exit(main())
