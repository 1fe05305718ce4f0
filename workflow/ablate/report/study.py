"""The page of one study: question, setting, table, figure, and every run behind them."""

from pathlib import Path

import pandas as pd

from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.report import wording
from ablate.report.embedding import embedded
from ablate.report.grid import Grid, grid, tone
from ablate.report.rendering import render
from ablate.report.run import RunView, view
from ablate.runs.finished import FinishedRun, finished_runs
from ablate.tables import study as table
from ablate.tables.page import Page

ALIKE = 2.0  # percent points within which the report calls two accuracies alike


def page(request: dict) -> str:
    """The study's page as HTML.

    Args:
        request: a study's request, with `figure`: its PNG, relative to the results.

    Raises:
        AblateError: a run, the figure or the manifest is missing or damaged.
    """
    frame, shown = table.page(request)
    base = base_run(request)
    return render(
        "study",
        request,
        title=title(request),
        question=request.get("question") or "",
        setting=wording.setting(base.metrics.provenance.settings) if base else "",
        compared=control_label(request),
        data=_data(request),
        seeds=wording.seeds(seed for row in request["rows"] for seed in row["seeds"]),
        findings=findings(request, frame, shown),
        grid=coloured(request, frame, shown),
        notes=shown.notes,
        figure=embedded(Path(request["results"]) / request["figure"]),
        runs=views(request, base),
    )


def title(request: dict) -> str:
    """The study's title after the number of its section."""
    return " ".join(part for part in (request.get("section"), request["title"]) if part)


def control_label(request: dict) -> str:
    """The label of the row the others are compared with; "" if there is none."""
    return next((r["label"] for r in request["rows"] if r["row"] == request.get("control")), "")


def base_run(request: dict) -> FinishedRun | None:
    """A finished run of the control, or else of the first row that has one."""
    rows = sorted(request["rows"], key=lambda row: row["row"] != request.get("control"))
    return next(iter(finished_runs(request["results"], rows, partial=True)), None)


def views(request: dict, base: FinishedRun | None) -> list[RunView]:
    """Every finished run of the study, row by row."""
    settings = base.metrics.provenance.settings if base else None
    return [
        view(run, [row["label"]], settings)
        for row in request["rows"]
        for run in finished_runs(request["results"], [row], partial=True)
    ]


def findings(request: dict, frame: pd.DataFrame, shown: Page) -> list[str]:
    """The study's outcome in sentences: its answer, and how far it agrees with the report."""
    found = [shown.text[-1]]
    deltas = frame["delta"].dropna()
    if len(deltas):
        far = frame.loc[deltas.abs().idxmax()]
        near = int((deltas.abs() <= ALIKE).sum())
        found.append(
            f"{near} of {len(deltas)} rows lie within {ALIKE:g} points of the reported accuracy; "
            f"farthest: {far['label']}, {far['delta']:+.2f} points."
        )
    return found


def coloured(request: dict, frame: pd.DataFrame, shown: Page) -> Grid:
    """The study's table with colours for the distance from the report.

    What a row differs by stands below its label, which leaves the table narrow enough to read.
    """
    cells = grid(shown.sections[0])
    differing = [", ".join(row["differs_by"]) for row in request["rows"]]
    for index, (line, below) in enumerate(zip(cells.lines, differing, strict=True)):
        line[0].below = below
        if request["rows"][index]["row"] == request.get("control"):
            line[0].marks.append("control")
        if (index, "best") in shown.sections[0].bold:
            line[0].marks.append("best")
    for cell, delta in zip(cells.column("delta"), frame["delta"], strict=False):
        cell.style = tone(delta)
    return cells


def _data(request: dict) -> str:
    try:
        manifest = Manifest.read(Results(request["results"]).manifest)
    except AblateError:
        return "the data of these runs are no longer packed here"
    runs = finished_runs(request["results"], request["rows"], partial=True)
    return wording.data(manifest, (run.metrics.provenance.train_images for run in runs))
