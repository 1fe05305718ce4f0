"""Writes the report: the interactive site, or plain Markdown."""

import sys

from ablate.files import write_whole
from ablate.planning.requests import Request
from ablate.report import plain, site
from ablate.steps import asked


def step(request: Request) -> None:
    """Write the kind of report that a rule asks for.

    Raises:
        AblateError: what it shows is missing or damaged, or it cannot be written.
    """
    content, out = request.content(), request.outputs[0]
    if content["kind"] == "site":
        site.write(content, out)
        return
    with write_whole(out) as draft:
        draft.write_text(plain.page(content), encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


if __name__ == "__main__":
    sys.exit(main())
