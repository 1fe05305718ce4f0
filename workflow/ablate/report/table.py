"""The page of a table that is no study's: best settings, measures, the summary."""

import importlib

from ablate.report.grid import grid
from ablate.report.rendering import render


def page(request: dict) -> str:
    """A table as HTML, each of its sections sortable.

    Args:
        request: the table's own request, and `table`: its module in ablate.tables.

    Raises:
        AblateError: what the table is made from is missing or damaged.
    """
    from ablate.tables import formats

    module = importlib.import_module(f"ablate.tables.{request['table']}")
    if hasattr(module, "page"):
        _, shown = module.page(request)
    else:
        shown = formats.plain_page(module.table(request), request, request["table"])
    return render(
        "table",
        request,
        title=shown.title,
        text=shown.text,
        grids=[grid(section) for section in shown.sections],
        notes=shown.notes,
    )
