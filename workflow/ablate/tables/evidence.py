"""What the runs behind a study's claims came to, quantity by quantity."""

from pathlib import Path

import numpy as np

from ablate.findings import judging
from ablate.findings.judging import Claim, Number, Setting, quantity_key
from ablate.findings.sample import Sample
from ablate.findings.verdict import Verdict
from ablate.measures import numbers
from ablate.measures.numbers import NotMeasured
from ablate.requests import findings as asked
from ablate.requests.study import Row
from ablate.runs.finished import FinishedRun, finished_runs
from ablate.settings.claims import OfRun, Quantity
from ablate.tables.answers import noise


def judged(study: asked.ClaimingStudy) -> list[Verdict]:
    """The verdicts on a study's claims.

    Raises:
        AblateError: a run's file is damaged.
    """
    claims = [_claim(each) for each in study.claims]
    found: dict[tuple[str, str], Number] = {}
    for each, claim in zip(study.claims, claims, strict=True):
        for comparison in claim.comparisons:
            for reference in comparison.references:
                key = (quantity_key(comparison.of), reference)
                if key not in found:
                    found[key] = _number(study.results, each.rows[reference], comparison.of)
    accuracy = OfRun(name="accuracy")
    for row in study.rows:
        key = (quantity_key(accuracy), row.name)
        found.setdefault(key, _number(study.results, _named(row), accuracy))
    return judging.verdicts(claims, found, _setting(study))


def _named(row: Row) -> asked.Named:
    return asked.Named(label=row.label, members=(row,))


def _claim(claim: asked.Claim) -> Claim:
    rows = claim.rows
    return Claim(
        name=claim.name,
        says=claim.says,
        comparisons=claim.comparisons,
        labels={reference: row.label for reference, row in rows.items()},
        matters=claim.matters,
        reported={
            reference: row.reported for reference, row in rows.items() if row.reported is not None
        },
        repeated=frozenset(reference for reference, row in rows.items() if row.repeated),
    )


def _setting(study: asked.ClaimingStudy) -> Setting:
    repeated = study.reported_noise and study.reported_noise.repeated
    return Setting(
        study=study.name,
        noise=noise(study.noise),
        variance=study.variance,
        reported_noise=noise(study.reported_noise),
        repeated=(repeated.mean, repeated.n) if repeated else None,
        rows=[row.name for row in study.rows],
        preset=study.preset,
        data=study.data_name,
    )


def _number(results: Path, row: asked.Named, quantity: Quantity) -> Number:
    label, members = row.label, row.members
    runs = finished_runs(results, members, partial=True)
    if not runs:
        return Number(Sample.of([]), reason=f"{label} has no finished run")
    seeds = tuple(sorted({run.seed for run in runs}))
    try:
        if row.family:
            if len(runs) < sum(len(member.seeds) for member in members):
                raise NotMeasured(f"{label} lacks a run")
            values = numbers.of_family(results, members, quantity)
            return Number(Sample.of(list(values.values())), seeds=tuple(values))
        if quantity.name == judging.ACCURACY:
            return _accuracy(runs, seeds)
        values = [numbers.of_run(run, quantity) for run in runs]
    except NotMeasured as reason:
        return Number(Sample.of([]), seeds=seeds, reason=str(reason))
    trained = not any(run.metrics.provenance.diverged or run.metrics.collapsed for run in runs)
    return Number(Sample.of(values, trained=trained), seeds=seeds, flags=_flags(runs))


def _accuracy(runs: list[FinishedRun], seeds: tuple[int, ...]) -> Number:
    images = int(np.sum(runs[0].metrics.confusion))
    collapsed = sum(run.metrics.collapsed for run in runs)
    trained = not (collapsed or any(run.metrics.provenance.diverged for run in runs))
    best, last = (
        Sample.of([getattr(run.metrics, key) for run in runs], images, trained)
        for key in ("best_accuracy", "last_accuracy")
    )
    return Number(best, last, seeds, flags=_flags(runs), collapsed=collapsed)


def _flags(runs: list[FinishedRun]) -> str:
    counts = {
        "diverged": sum(run.metrics.provenance.diverged for run in runs),
        "collapsed": sum(run.metrics.collapsed for run in runs),
    }
    return ", ".join(f"{name} {count} of {len(runs)}" for name, count in counts.items() if count)
