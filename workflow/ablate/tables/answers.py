"""A study's answer from the metrics of its runs, for its table and page."""

from typing import Any

import numpy as np

from ablate.findings.against_control import RowRuns
from ablate.findings.answer import Answer
from ablate.findings.answering import answer
from ablate.findings.sample import Sample
from ablate.requests.study import AskedStudy
from ablate.tables.measured import Measured


def answered(study: AskedStudy, rows: list[Measured], **known: Any) -> Answer:
    """The answer of a study.

    Args:
        known: `same` and `sampling` of `ablate.findings.answering.answer`, from predictions.
    """
    return answer(study, [row_runs(row) for row in rows], **known)


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
