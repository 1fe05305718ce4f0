"""A figure of one's own: a function in a file of extensions, given what its arguments name."""

from typing import Any

from matplotlib.figure import Figure

from ablate import extensions
from ablate.data.pack import load
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs
from ablate.settings import own
from ablate.tables.reading import read_table


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
    return finished_runs(request.results, request.runs, request.partial)


def _families(request: Drawing) -> dict[str, list[FinishedRun]]:
    return {
        family.name: finished_runs(request.results, family.members, request.partial)
        for family in request.families
    }


def _tables(request: Drawing) -> dict[str, list[dict[str, str]]]:
    return {name: read_table(request.results, name) for name in request.tables}


def _images(request: Drawing) -> Any:
    return load(Results(request.results).data)


def _weights(request: Drawing) -> list[dict[str, Any]]:
    return [run.weights() for run in _runs(request)]


GIVEN = {
    "runs": _runs,
    "families": _families,
    "tables": _tables,
    "images": _images,
    "weights": _weights,
}
