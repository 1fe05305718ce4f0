"""A study's answer from the metrics of its runs, for its table and page."""

from typing import Any

import numpy as np

from ablate.findings.answer import Answer
from ablate.findings.answering import Asked, answer
from ablate.findings.compare import RowRuns
from ablate.findings.effects import Grid
from ablate.findings.sample import Sample
from ablate.findings.spread import Noise
from ablate.tables.measured import Measured


def answered(request: dict, rows: list[Measured], **known: Any) -> Answer:
    """The answer of a study's request.

    Args:
        known: `same` and `sampling` of `ablate.findings.answering.answer`, from predictions.
    """
    asked = Asked(
        study=request["study"],
        title=request["title"],
        question=request.get("question") or "",
        noise=noise(request.get("noise")),
        variance=request.get("variance", "auto"),
        matters=request.get("matters", 1.0),
        preset=request.get("preset", "paper"),
        data=request.get("data_name", ""),
        grid=grid(request),
    )
    return answer(asked, [row_runs(row) for row in rows], **known)


def grid(request: dict) -> Grid | None:
    """The grid of a study of two factors or more; None for others.

    The base of each factor is the control's level, where the control is a level; else the first.
    """
    factors = request.get("factors") or {}
    if len(factors) < 2:
        return None
    cells = {tuple(row["levels"]): row["row"] for row in request["rows"]}
    levels_of = {row: levels for levels, row in cells.items()}
    bases = {levels_of[row["control"]] for row in request["rows"] if row.get("control")}
    ordered = {}
    for at, (name, levels) in enumerate(factors.items()):
        shared = {base[at] for base in bases}
        first = shared.pop() if len(shared) == 1 else levels[0]
        ordered[name] = [first, *(level for level in levels if level != first)]
    labels = request.get("level_labels") or {}
    return Grid(ordered, cells, labels)


def row_runs(row: Measured) -> RowRuns:
    """A row as a comparison sees it."""
    best = row.values("best_accuracy")
    return RowRuns(
        name=row.name,
        label=row.row["label"],
        control=row.row.get("control"),
        best=accuracy(row, "best_accuracy"),
        last=accuracy(row, "last_accuracy"),
        by_seed=dict(zip(row.values("provenance.seed"), best, strict=True)),
        paired=bool(row.row.get("paired")),
    )


def accuracy(row: Measured, key: str) -> Sample:
    """Test accuracy over the runs of a row, with the floor that its test images set."""
    images = [int(np.sum(counts)) for counts in row.values("confusion")]
    trained = not (row.count("provenance.diverged") or row.count("collapsed"))
    return Sample.of(row.values(key), min(images, default=None), trained)


def noise(written: dict | None) -> Noise | None:
    """A request's noise."""
    return written and Noise(written["sd"], written["df"], written.get("source") or "")
