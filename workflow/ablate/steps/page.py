"""Writes the report: the interactive site, or plain Markdown."""

import sys

from ablate.files import write_whole
from ablate.planning.requests import Request
from ablate.report import plain, site
from ablate.requests.page import Plain, Site
from ablate.steps import asked


def step(request: Request) -> None:
    """Write the kind of report that a rule asks for.

    Raises:
        AblateError: what it shows is missing or damaged, or it cannot be written.
    """
    out = request.outputs[0]
    if request.request["kind"] == "site":
        site.write(request.read(Site), out)
        return
    with write_whole(out) as draft:
        draft.write_text(plain.page(request.read(Plain)), encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


if __name__ == "__main__":
    sys.exit(main())
