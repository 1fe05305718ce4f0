"""What the runs behind a study's claims came to, quantity by quantity."""

from collections.abc import Sequence

from ablate.findings import judging
from ablate.findings.judging import Number, quantity_key
from ablate.findings.sample import Sample
from ablate.findings.verdict import Verdict
from ablate.measures import numbers
from ablate.measures.measure import common_seeds
from ablate.measures.numbers import NotMeasured
from ablate.paths import Results
from ablate.requests.findings import ClaimingStudy, Referent
from ablate.requests.runs import ShownRun
from ablate.runs.finished import FinishedRun, finished_runs
from ablate.settings.quantities import ACCURACY, Quantity
from ablate.tables.answers import accuracy
from ablate.tables.measured import Measured

FLAGS = {"diverged": "provenance.diverged", "collapsed": "collapsed"}


def judged(study: ClaimingStudy) -> list[Verdict]:
    """The verdicts on a study's claims."""
    found: dict[tuple[str, str], Number] = {}
    for claim in study.claims:
        for comparison in claim.comparisons:
            for reference in comparison.references:
                key = (quantity_key(comparison.of), reference)
                if key not in found:
                    found[key] = _number(study.results, claim.referents[reference], comparison.of)
    for row in study.rows:
        one = Referent(label=row.label, members=(row,), elsewhere=row.elsewhere)
        key = (quantity_key(ACCURACY), row.name)
        found.setdefault(key, _number(study.results, one, ACCURACY))
    return judging.verdicts(study, found)


def _number(results: Results, row: Referent, quantity: Quantity) -> Number:
    label, members = row.label, row.members
    runs = finished_runs(results, members, partial=True)
    if quantity == ACCURACY and not row.family:
        return _accuracy(Measured(label, [r.metrics for r in runs], [], elsewhere=row.elsewhere))
    if not runs:
        return Number(Sample.of([]), reason=f"{label} has no finished run")
    seeds = tuple(sorted({run.seed for run in runs}))
    try:
        if row.family:
            values = numbers.of_family(results, _finished_together(row, runs), quantity)
            return Number(Sample.of(list(values.values())), seeds=tuple(values))
        values = [numbers.of_run(run, quantity) for run in runs]
    except NotMeasured as reason:
        return Number(Sample.of([]), seeds=seeds, reason=str(reason))
    behind = Measured(label, [run.metrics for run in runs], [])
    return Number(Sample.of(values, trained=behind.trained), seeds=seeds, flags=_flags(behind))


def _finished_together(family: Referent, runs: Sequence[FinishedRun]) -> list[ShownRun]:
    """A family's members at the seeds that all of them have finished.

    Raises:
        NotMeasured: there is no such seed.
    """
    finished = {run.id for run in runs}
    seeds = tuple(
        seed
        for seed in common_seeds(family.members)
        if all((member.run, seed) in finished for member in family.members)
    )
    if not seeds:
        asked_for = sum(len(member.seeds) for member in family.members)
        raise NotMeasured(
            f"{family.label} has {len(runs)} of {asked_for} runs at its values, and no seed at "
            "all of them"
        )
    return [member.model_copy(update={"seeds": seeds}) for member in family.members]


def _accuracy(row: Measured) -> Number:
    if not row.n:
        return Number(Sample.of([]), reason=f"{row.name} has no finished run")
    best, last = (accuracy(row, key) for key in ("best_accuracy", "last_accuracy"))
    return Number(
        best,
        # Of what was measured elsewhere it may not be known.
        last if last.n else None,
        tuple(sorted(row.by_seed)),
        flags=_flags(row),
        collapsed=row.count("collapsed"),
    )


def _flags(row: Measured) -> str:
    """What a reader must know of a row's runs; of what was measured elsewhere, where that is."""
    if row.elsewhere is not None:
        return row.elsewhere.source
    counts = {name: row.count(f) for name, f in FLAGS.items()}
    return ", ".join(f"{name} {count} of {row.n}" for name, count in counts.items() if count)
