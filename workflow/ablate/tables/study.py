"""A study's table: every row's measured accuracy beside its control's and the reported one."""

import numpy as np
import pandas as pd

from ablate.findings.answer import Answer
from ablate.findings.words import p_value, with_interval
from ablate.requests.study import AskedStudy
from ablate.tables.answers import answered
from ablate.tables.columns import (
    COLUMNS,
    FIELDS,
    NAMES,
    NUMBERS,
    TYPES,
    Entry,
    as_published,
    with_highest,
)
from ablate.tables.legend import legend
from ablate.tables.measured import Measured, measured
from ablate.tables.page import Page, Section, heading
from ablate.tables.provenance import trail


def page(request: AskedStudy) -> tuple[pd.DataFrame, Page]:
    """A study's table, one line a row, and the readable page with its answer, notes and provenance.

    The columns are those of `ablate.tables.columns.FIELDS`: accuracies and their differences in
    percent, standard deviations those of a sample (n - 1). A run that diverged counts with its best
    epoch, and is counted under `diverged`.

    Raises:
        AblateError: see `ablate.tables.measured.measured`.
    """
    rows = measured(request)
    answer = answered(request, rows)
    frame = _frame(request, rows, answer)
    section = _section(rows, frame, answer)
    notes = [
        *legend(request, rows, frame, answer, section),
        *trail(request.name, rows, request.results),
    ]
    return as_published(frame), Page(
        name=request.name,
        title=heading(request.title, request.section),
        note=request.note,
        text=[*filter(None, [request.question]), answer.sentence],
        sections=[section, *_effects(answer)],
        notes=notes,
    )


def _frame(request: AskedStudy, rows: list[Measured], answer: Answer) -> pd.DataFrame:
    against = {one.row: one for one in answer.comparisons}
    entries = [Entry(request.name, row, against.get(row.name)) for row in rows]
    lines = [{field.name: field.value(entry) for field in FIELDS} for entry in entries]
    frame = pd.DataFrame(lines, columns=list(NAMES))
    frame = frame.astype(TYPES)
    # What lies beyond six decimals is the rounding error of the sums.
    return frame.assign(**frame[list(NUMBERS)].astype(float).round(6))


def _section(rows: list[Measured], frame: pd.DataFrame, answer: Answer) -> Section:
    relations = {one.row: one.relation for one in answer.comparisons}
    lines = frame.assign(
        relation=[relations.get(row.name, "") for row in rows],
        reported_seconds_is=[row.row.reported_seconds_is for row in rows],
    )
    return readable(lines, bold=_bold(frame, answer))


def _effects(answer: Answer) -> list[Section]:
    """What the factors of a grid do; nothing for other studies."""
    if not answer.effects:
        return []
    columns = {
        "effect": [effect.text for effect in answer.effects],
        "kind": [effect.kind for effect in answer.effects],
        "points": [with_interval(e.difference, e.low, e.high) for e in answer.effects],
        "p": [p_value(effect.p).removeprefix("p = ") for effect in answer.effects],
    }
    heading = "Main effects and interactions"
    return [Section.of_filled(columns, heading=heading, left=("effect", "kind"))]


def readable(frame: pd.DataFrame, heading: str = "", bold: frozenset = frozenset()) -> Section:
    """Lines of a study's CSV in the columns that people read; empty ones are left out."""
    lines = [*with_highest(frame).itertuples()]
    return Section.of_filled(
        {column.name: [column.value(line) for line in lines] for column in COLUMNS},
        heading=heading,
        bold=bold,
        left=tuple(column.name for column in COLUMNS if column.left),
        paper=tuple(column.name for column in COLUMNS if column.paper),
    )


def _bold(frame: pd.DataFrame, answer: Answer) -> frozenset[tuple[int, str]]:
    """The accuracy of the best row, where the runs can tell which that is."""
    found = np.flatnonzero(frame["row"] == answer.best) if answer.best else ()
    return frozenset((int(at), "best") for at in found)
