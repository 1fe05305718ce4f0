"""Writes the report: the interactive site, or plain Markdown."""

import sys
from functools import partial
from typing import TypeVar

from ablate.files import write_text
from ablate.planning import acceptance
from ablate.planning.requests import Request
from ablate.report import plain, site
from ablate.requests.page import Plain, Site
from ablate.steps import command_line

R = TypeVar("R", Site, Plain)


def step(request: Request) -> None:
    """Write the kind of report that a rule asks for."""
    out = request.outputs[0]
    if request.request["kind"] == "site":
        site.write(_now(request.read(Site)), out)
        return
    write_text(out, plain.page(_now(request.read(Plain))))


def _now(report: R) -> R:
    """The request without what was accepted once, but was made anew in this same build."""
    as_it_was = acceptance.accepted(report.results)
    accepted = tuple(each for each in report.accepted if each.product in as_it_was)
    return report.model_copy(update={"accepted": accepted})


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
