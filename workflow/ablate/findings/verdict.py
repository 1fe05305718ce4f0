"""The shape of a verdict: what the runs, and the report's own numbers, say of a claim."""

import math
from dataclasses import dataclass, field
from functools import partial

from ablate.findings.words import measure, with_interval

VERDICTS = ("confirmed", "contradicted", "undecided", "not measured")


@dataclass(frozen=True)
class Link:
    """One comparison that a claim asserts: a contrast of row means lies above a bound, or below.

    Attributes:
        text: in words, such as "ELU > ReLU".
        estimate: the contrast, in the quantity's unit.
        bound: what it is compared with.
        low, high: 95 % interval of the contrast; None where the scatter is not known.
        holds, reversed: one-sided p that it lies on the side asserted, and on the other; None
            likewise.
        below: whether below the bound is asserted.
        level: whether the estimate is the mean of one row, not a difference.
    """

    text: str
    estimate: float | None
    bound: float
    low: float | None = None
    high: float | None = None
    holds: float | None = None
    reversed: float | None = None
    below: bool = False
    level: bool = False

    @property
    def measured(self) -> str:
        """What was asserted and what was measured, such as "ELU > ReLU? +1.20 [+0.30, +2.10]"."""
        written = partial(measure, level=self.level)
        found = with_interval(self.estimate, self.low, self.high, written)
        return f"{self.text}? {found}" if found else self.text

    @property
    def excess(self) -> float:
        """How far the estimate lies on the side asserted; NaN without one."""
        if self.estimate is None:
            return math.nan
        return (self.bound - self.estimate) if self.below else (self.estimate - self.bound)


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it.

    Attributes:
        claim: its id; `study`: where it stands; `says`: the claim in words; `kind`: order, best,...
        quantity: what is compared, such as "best test accuracy, %".
        verdict: one of VERDICTS, on the best epoch; undecided never means alike.
        last: the same on the last epoch; None where the quantity knows no best epoch.
        fragile: whether the two differ.
        reason: why it is not measured, or what keeps it undecided; "" otherwise.
        measured: the link that decides in words, with what was measured; "" where nothing was.
        effect, low, high, bound: of that link: the weakest that must hold, or the one
            that is reversed.
        p: adjusted by Holm over the study's claims; None where nothing was tested.
        reported_order: whether the report's own numbers are so: yes, no, or None if not in a table.
        reported_verdict: what its numbers say against its own noise, one of VERDICTS.
        n: runs of the row that has fewest; `seeds`: all that took part.
        elsewhere: how many of its rows were measured elsewhere.
        sd_ratio: largest over smallest sd of the rows; above 3 the pooled test is doubtful.
        flags: rows with diverged or collapsed runs, in words.
        detectable: smallest difference that these runs would find 80 times in 100.
        seeds_for_reported, seeds_for_matters: seeds a row for 80 % power at the report's difference
            and at the claim's margin `matters`; None where not known or beyond 1,000.
        preset, data: what the verdict holds for.
    """

    claim: str
    study: str
    says: str
    kind: str
    verdict: str
    quantity: str = ""
    last: str | None = None
    fragile: bool = False
    reason: str = ""
    measured: str = ""
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    bound: float | None = None
    p: float | None = None
    reported_order: str | None = None
    reported_verdict: str | None = None
    reported_effect: float | None = None
    n: int = 0
    seeds: list[int] = field(default_factory=list)
    elsewhere: int = 0
    sd_ratio: float | None = None
    flags: list[str] = field(default_factory=list)
    matters: float = 1.0
    detectable: float | None = None
    seeds_for_reported: int | None = None
    seeds_for_matters: int | None = None
    preset: str = ""
    data: str = ""
    links: list[Link] = field(default_factory=list)
