"""Which rows differ between two results trees by more than their runs scatter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ablate.findings.contrast import difference
from ablate.findings.multiplicity import ALPHA, holm
from ablate.findings.sample import Sample
from ablate.findings.spread import spreads


@dataclass(frozen=True)
class Moved:
    """A row in two trees.

    Attributes:
        before, after: means; None on the side that lacks it.
        n: runs behind them, before and after.
        low, high: 95 % interval of the difference; None where the scatter is not known.
        said: moved, not beyond noise, alike (the same number), one run, only here or only there.
    """

    row: str
    said: str
    before: float | None
    after: float | None
    n: tuple[int, int] = (0, 0)
    low: float | None = None
    high: float | None = None

    @property
    def difference(self) -> float | None:
        """After less before."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def moved(before: Mapping[str, Sample], after: Mapping[str, Sample]) -> list[Moved]:
    """Every row of either side; the scatter is pooled over the rows of both, Holm over the rows."""
    samples = {("before", row): s for row, s in before.items()}
    samples |= {("after", row): s for row, s in after.items()}
    known = spreads(samples)
    both = [row for row in after if row in before and before[row].measured and after[row].measured]
    found = {row: difference(("after", row), ("before", row), samples, known) for row in both}
    ps = dict(zip(both, holm([found[row].two_sided for row in both]), strict=True))
    rows = dict.fromkeys([*after, *before])
    return [_row(row, before, after, found.get(row), ps.get(row, math.nan)) for row in rows]


def _row(row: str, before: Mapping, after: Mapping, estimate: object, p: float) -> Moved:
    sides = [side.get(row) for side in (before, after)]
    means = [None if s is None or not s.measured else s.mean for s in sides]
    runs = tuple(0 if s is None else s.n for s in sides)
    if estimate is None:
        said = "only here" if means[0] is None else "only there"
        return Moved(row, "not measured" if means == [None, None] else said, *means, runs)
    if abs(estimate.value) < 0.005:
        return Moved(row, "alike", *means, runs)
    if math.isnan(estimate.error):
        return Moved(row, "one run", *means, runs)
    ends = estimate.interval()
    return Moved(row, "moved" if p <= ALPHA else "not beyond noise", *means, runs, *ends)
