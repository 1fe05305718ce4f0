"""A study's answer, from its rows' runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ablate.findings import sentences
from ablate.findings.against_control import RowRuns, best_row, comparisons
from ablate.findings.answer import AgainstControl, Answer, SameImages
from ablate.findings.effects import Grid, effects
from ablate.findings.spread import scatter
from ablate.requests.study import AskedStudy


def answer(
    study: AskedStudy,
    rows: Sequence[RowRuns],
    same: Mapping[str, SameImages] | None = None,
    sampling: float | None = None,
) -> Answer:
    """The answer of a study.

    Args:
        same: each row against its control on the same test images, where both predicted them.
        sampling: share of the runs' variance that is the test images' own sampling.
    """
    samples, grid = {row.name: row.best for row in rows}, Grid.of(study)
    known = replace(scatter(samples, study.noise, study.variance), sampling=sampling)
    found = [
        replace(one, same_images=(same or {}).get(one.row))
        for one in comparisons(rows, study.noise, study.variance, study.matters)
    ]
    best = best_row(rows, study.noise, study.variance)
    counts = [row.best.n for row in rows if row.best.measured and row.source is None]
    others = {row.label: row.source for row in rows if row.source is not None}
    return Answer(
        study=study.name,
        question=study.question,
        word=sentences.word(study.question, found),
        sentence=sentences.sentence(study.question, found),
        matters=study.matters,
        scatter=known,
        comparisons=found,
        effects=effects(grid, samples, study.noise, study.variance) if grid else [],
        best=best,
        no_winner="" if best else _no_winner(rows, known.kind, found),
        methods=sentences.methods(study, counts, others, known),
        result=sentences.result(study.title, found),
        preset=study.preset,
        data=study.data_name,
        seeds=sorted({seed for row in rows for seed in row.by_seed}),
    )


def _no_winner(rows: Sequence[RowRuns], kind: str, found: Sequence[AgainstControl]) -> str:
    measured = [row for row in rows if row.best.measured]
    if len(measured) < 2:
        return "fewer than two rows are measured"
    if kind == "unknown" or any(one.relation == "one run" for one in found):
        one = all(row.best.n == 1 for row in measured)
        return f"with {'one run a row' if one else 'a row of one run'}, which is best is not known"
    if len(measured) < len(rows):
        return "not every row is measured"
    return "no row lies clearly above all others"
