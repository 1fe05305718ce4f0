"""Writes the report: the interactive site, or plain Markdown."""

import sys
from functools import partial

from ablate.files import write_text
from ablate.planning.requests import Request
from ablate.report import plain, site
from ablate.requests.page import Plain, Site
from ablate.steps import asked


def step(request: Request) -> None:
    """Write the kind of report that a rule asks for."""
    out = request.outputs[0]
    if request.request["kind"] == "site":
        site.write(request.read(Site), out)
        return
    write_text(out, plain.page(request.read(Plain)))


main = partial(asked.answer, step)

if __name__ == "__main__":
    sys.exit(main())
