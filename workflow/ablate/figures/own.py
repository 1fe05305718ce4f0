"""A figure of one's own: a function in a file of extensions, given what its arguments name."""

import csv
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from ablate import extensions
from ablate.data.dataset import load
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs
from ablate.settings import own


def draw(request: Drawing) -> Figure:
    """What the function `request.draw` draws.

    It is given its options, and by the names of its arguments: runs, every seed of every run that
    the figure lists; families, name -> runs; tables, name -> rows as the CSV has them, text alone;
    images, the packed data; weights, of each of the runs, name -> tensor.

    Raises:
        AblateError: the function fails or returns no figure; or what it draws from is damaged.
    """
    name = request.draw
    takes = own.signature(name) or {}
    given = {argument: make(request) for argument, make in GIVEN.items() if argument in takes}
    figure = extensions.called(name, {**given, **request.options})
    if not isinstance(figure, Figure):
        raise AblateError(f"{name} returns {type(figure).__name__}, a matplotlib Figure is needed")
    return figure


def _runs(request: Drawing) -> list[FinishedRun]:
    return finished_runs(request.results, request.runs)


def _table(results: Results, name: str) -> list[dict[str, str]]:
    with results.table(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


GIVEN: dict[str, Callable[[Drawing], Any]] = {
    "runs": _runs,
    "families": lambda request: {
        family.name: finished_runs(request.results, family.members) for family in request.families
    },
    "tables": lambda request: {name: _table(request.results, name) for name in request.tables},
    "images": lambda request: load(request.results.data),
    "weights": lambda request: [run.weights() for run in _runs(request)],
}
