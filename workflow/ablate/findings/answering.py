"""A study's answer, from its rows' runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ablate.findings import sentences
from ablate.findings.answer import Answer, Effect, SameImages
from ablate.findings.compare import RowRuns, best_row, comparisons
from ablate.findings.effects import Grid, effects
from ablate.findings.sample import Sample
from ablate.findings.spread import Noise, scatter


@dataclass(frozen=True)
class Asked:
    """What a study asks, and how its rows are to be compared."""

    study: str
    title: str
    question: str
    noise: Noise | None = None
    variance: str = "auto"
    matters: float = 1.0
    preset: str = "paper"
    data: str = ""
    grid: Grid | None = None


def answer(
    asked: Asked,
    rows: Sequence[RowRuns],
    same: Mapping[str, SameImages] | None = None,
    sampling: float | None = None,
) -> Answer:
    """The answer of a study.

    Args:
        same: each row against its control on the same test images, where both predicted them.
        sampling: share of the runs' variance that is the test images' own sampling.
    """
    samples = {row.name: row.best for row in rows}
    known = replace(scatter(samples, asked.noise, asked.variance), sampling=sampling)
    found = [
        replace(one, same_images=(same or {}).get(one.row))
        for one in comparisons(rows, asked.noise, asked.variance, asked.matters)
    ]
    best = best_row(rows, asked.noise, asked.variance)
    counts = [row.best.n for row in rows if row.best.measured and row.source is None]
    others = {row.label: row.source for row in rows if row.source is not None}
    return Answer(
        study=asked.study,
        question=asked.question,
        word=sentences.word(asked.question, found),
        sentence=sentences.sentence(asked.question, found),
        matters=asked.matters,
        scatter=known,
        comparisons=found,
        effects=_effects(asked, samples),
        best=best,
        no_winner="" if best else _no_winner(rows, known.kind),
        methods=sentences.methods(counts, others, known, asked.matters, asked.data, asked.preset),
        result=sentences.result(asked.title, found),
        preset=asked.preset,
        data=asked.data,
        seeds=sorted({seed for row in rows for seed in row.by_seed}),
    )


def _effects(asked: Asked, samples: Mapping[str, Sample]) -> list[Effect]:
    if asked.grid is None:
        return []
    return effects(asked.grid, samples, asked.noise, asked.variance)


def _no_winner(rows: Sequence[RowRuns], kind: str) -> str:
    measured = [row for row in rows if row.best.measured]
    if len(measured) < 2:
        return "fewer than two rows are measured"
    if kind == "unknown":
        one = all(row.best.n == 1 for row in measured)
        return f"with {'one run a row' if one else 'a row of one run'}, which is best is not known"
    return "no row lies clearly above all others"
