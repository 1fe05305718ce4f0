"""A study's answer from the metrics of its runs, for its table and page."""

from typing import Any

import numpy as np

from ablate.findings.answer import Answer
from ablate.findings.answering import Asked, answer
from ablate.findings.compare import RowRuns
from ablate.findings.effects import Grid
from ablate.findings.sample import Sample
from ablate.findings.spread import Noise
from ablate.requests import study as asked
from ablate.tables.measured import Measured


def answered(study: asked.Study, rows: list[Measured], **known: Any) -> Answer:
    """The answer of a study.

    Args:
        known: `same` and `sampling` of `ablate.findings.answering.answer`, from predictions.
    """
    question = Asked(
        study=study.name,
        title=study.title,
        question=study.question,
        noise=noise(study.noise),
        variance=study.variance,
        matters=study.matters,
        preset=study.preset,
        data=study.data_name,
        grid=grid(study),
    )
    return answer(question, [row_runs(row) for row in rows], **known)


def grid(study: asked.Study) -> Grid | None:
    """The grid of a study of two factors or more; None for others.

    The base of each factor is the control's level, where the control is a level; else the first.
    """
    if len(study.factors) < 2:
        return None
    cells = {row.levels: row.name for row in study.rows}
    levels_of = {row: levels for levels, row in cells.items()}
    bases = {levels_of[row.control] for row in study.rows if row.control}
    ordered = {}
    for at, (name, levels) in enumerate(study.factors.items()):
        shared = {base[at] for base in bases}
        first = shared.pop() if len(shared) == 1 else levels[0]
        ordered[name] = [first, *(level for level in levels if level != first)]
    return Grid(ordered, cells, study.level_labels)


def row_runs(row: Measured) -> RowRuns:
    """A row as a comparison sees it."""
    return RowRuns(
        name=row.name,
        label=row.row.label,
        control=row.row.control,
        best=accuracy(row, "best_accuracy"),
        last=accuracy(row, "last_accuracy"),
        by_seed=row.by_seed,
        paired=row.row.paired,
        source=None if row.elsewhere is None else row.elsewhere.source,
    )


def accuracy(row: Measured, key: str) -> Sample:
    """Test accuracy over the runs of a row, with the floor that its test images set.

    How many images stand behind what was measured elsewhere is not known, so it has no floor.
    """
    images = [int(np.sum(counts)) for counts in row.values("confusion")]
    found = Sample.of(row.values(key), min(images, default=None), row.trained)
    return found if row.elsewhere is None else found.of_others()


def noise(stated: asked.Noise | None) -> Noise | None:
    """The noise that a study states."""
    return stated and Noise(stated.sd, stated.df, stated.source)
