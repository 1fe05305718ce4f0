"""Every row of a study against its control: better, worse, alike, unclear, one run."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ablate.findings.answer import AgainstControl
from ablate.findings.contrast import Estimate, difference, half_width, known
from ablate.findings.improvement import improvement
from ablate.findings.links import links
from ablate.findings.multiplicity import ALPHA, holm
from ablate.findings.sample import Sample
from ablate.findings.spread import Spread, spreads
from ablate.findings.tested import examine
from ablate.settings import claims
from ablate.settings.study import Noise


@dataclass(frozen=True)
class RowRuns:
    """A row and what its runs came to.

    Attributes:
        control: the row it is compared with, or None.
        best, last: test accuracy (%) of the best and of the last epoch.
        by_seed: seed -> best test accuracy.
        paired: whether it shares first weights and order of data with its control, seed by seed.
        source: where it was measured, if elsewhere, as far as that is said; None if here.
    """

    name: str
    label: str
    control: str | None
    best: Sample
    last: Sample
    by_seed: Mapping[int, float] = field(default_factory=dict)
    paired: bool = False
    source: str | None = None


def comparisons(
    rows: Sequence[RowRuns], noise: Noise | None, variance: str, matters: float
) -> list[AgainstControl]:
    """Each row that has a control against it.

    Better and worse: two-sided t tests at 5 %, by Holm over the rows. Alike: two one-sided tests
    within `matters`, each at 5 %, for rows that are neither.
    """
    named = {row.name: row for row in rows}
    compared = [row for row in rows if row.control is not None]
    best = {row.name: row.best for row in rows}
    last = {row.name: row.last for row in rows}
    spread, later_spread = (spreads(samples, noise, variance) for samples in (best, last))
    found = [difference(row.name, row.control, best, spread) for row in compared]
    later = [difference(row.name, row.control, last, later_spread) for row in compared]
    ps, later_ps = (holm([each.two_sided for each in some]) for some in (found, later))
    return [
        replace(
            _comparison(row, named[row.control], estimate, p, matters),
            improvement=_improvement(row, named[row.control], estimate, spread),
            last_relation=_relation(row.last, named[row.control].last, after, after_p, matters),
        )
        for row, estimate, p, after, after_p in zip(
            compared, found, ps, later, later_ps, strict=True
        )
    ]


def best_row(rows: Sequence[RowRuns], noise: Noise | None, variance: str) -> str | None:
    """The row that is better than every other, if the runs can tell; all must be measured.

    As a claim that the row of the highest mean is the best would be judged by itself: it must lie
    above each other row, and p is twice the largest. That it was chosen for its mean costs no more
    than the two sides (Gutmann and Maymin, Annals of Statistics 15, 1987).
    """
    samples = {row.name: row.best for row in rows}
    if len(samples) < 2 or not all(sample.measured for sample in samples.values()):
        return None
    first = max(samples, key=lambda name: samples[name].mean)
    best = claims.Comparison(best=first, among=[name for name in samples if name != first])
    spread = spreads(samples, noise, variance)
    tested = examine(links(best, {name: name for name in samples}), samples, spread)
    return first if tested.verdict(tested.p) == "confirmed" else None


def _comparison(
    row: RowRuns, control: RowRuns, estimate: Estimate, p: float, matters: float
) -> AgainstControl:
    low, high = estimate.interval()
    return AgainstControl(
        row=row.name,
        label=row.label,
        control=control.name,
        control_label=control.label,
        relation=_relation(row.best, control.best, estimate, p, matters),
        n=row.best.n,
        control_n=control.best.n,
        difference=known(estimate.value),
        low=known(low),
        high=known(high),
        p=known(p),
        paired=_paired(row, control),
    )


def _relation(a: Sample, b: Sample, estimate: Estimate, p: float, matters: float) -> str:
    if not a.measured or not b.measured:
        return "not measured"
    if math.isnan(estimate.error):
        return "one run"
    if p <= ALPHA:
        return "better" if estimate.value > 0 else "worse"
    inside = max(estimate.above(-matters), estimate.below(matters))
    return "alike" if inside <= ALPHA else "unclear"


def _improvement(
    row: RowRuns, control: RowRuns, estimate: Estimate, spread: Mapping[str, Spread | None]
) -> tuple[float, float, float] | None:
    """From runs of their own alone: two or more on either side."""
    if not (row.best.scatters and control.best.scatters):
        return None
    return improvement(estimate, spread[row.name].variance + spread[control.name].variance)


def _paired(row: RowRuns, control: RowRuns) -> tuple[float, float, float] | None:
    seeds = sorted(set(row.by_seed) & set(control.by_seed)) if row.paired else []
    gains = Sample.of([row.by_seed[seed] - control.by_seed[seed] for seed in seeds])
    if gains.n < 2 or not gains.measured:
        return None
    half = half_width(gains)
    return gains.mean, gains.mean - half, gains.mean + half
