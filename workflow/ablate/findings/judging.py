"""All claims of one study, judged together."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ablate.findings.contrast import known
from ablate.findings.links import links
from ablate.findings.multiplicity import holm
from ablate.findings.power import detectable, seeds_needed, seeds_needed_alike
from ablate.findings.reported import order_reported, tested_as_reported
from ablate.findings.sample import Sample
from ablate.findings.spread import Spread, ratio, spreads
from ablate.findings.tested import Tested, combined, examine, joined
from ablate.findings.verdict import Link, Verdict
from ablate.findings.words import listed
from ablate.requests.findings import AskedClaim, ClaimingStudy
from ablate.settings.claims import Comparison
from ablate.settings.quantities import ACCURACY, Quantity

EPOCHS = ("best", "last")


@dataclass(frozen=True)
class Number:
    """What one reference came to by one quantity.

    Attributes:
        best, last: samples over seeds, by the best and by the last epoch; `last` is None where the
            quantity knows no best epoch.
        seeds: behind them.
        reason: why it is not measured; "" where it is.
        flags: what a reader must know of its runs, such as "diverged 1 of 3".
        collapsed: how many of its runs stay at chance.
    """

    best: Sample
    last: Sample | None = None
    seeds: tuple[int, ...] = ()
    reason: str = ""
    flags: str = ""
    collapsed: int = 0


# Quantity and reference -> number, for all that the claims refer to.
Numbers = Mapping[tuple[str, str], Number]


@dataclass(frozen=True)
class _Behind:
    """What stands behind the claims of a study."""

    study: ClaimingStudy
    numbers: Numbers

    def rows(self, claim: AskedClaim) -> dict[tuple[str, str], Number]:
        """What all came to that a claim names, by quantity and reference."""
        keys = [(quantity_key(c.of), row) for c in claim.comparisons for row in c.references]
        return {key: self.numbers[key] for key in keys}

    def samples(
        self, comparison: Comparison, epoch: str
    ) -> tuple[dict[str, Sample], dict[str, Spread | None]]:
        """What the rows of a comparison, and those pooled with them, came to, and their scatter."""
        key = quantity_key(comparison.of)
        rows = dict.fromkeys([*comparison.references, *(row.name for row in self.study.rows)])
        found = {row: self.numbers[key, row] for row in rows if (key, row) in self.numbers}
        every = {
            row: number.best if epoch == "best" else number.last
            for row, number in found.items()
            if not number.reason
        }
        samples = {row: sample for row, sample in every.items() if sample is not None}
        # The noise that somebody states is that of accuracy.
        noise = self.study.noise if comparison.of == ACCURACY else None
        return samples, spreads(samples, noise, self.study.variance)


def verdicts(study: ClaimingStudy, numbers: Numbers) -> list[Verdict]:
    """The verdict of every claim of one study, Holm over them."""
    behind = _Behind(study, numbers)
    best, last = (
        _among_all([_tested(claim, behind, epoch) for claim in study.claims]) for epoch in EPOCHS
    )
    reported = _among_all([tested_as_reported(claim, study) for claim in study.claims])
    count = sum(not math.isnan(one.p) for one in best)
    return [
        _verdict(claim, behind, *outcomes, max(count, 1))
        for claim, *outcomes in zip(study.claims, best, last, reported, strict=True)
    ]


def quantity_key(quantity: Quantity) -> str:
    """What is compared, as text."""
    return quantity.model_dump_json()


@dataclass(frozen=True)
class _Outcome:
    """A claim as it was tested, if it could be, and its p among all claims of its study."""

    tested: Tested | None
    p: float

    @property
    def verdict(self) -> str:
        """One of VERDICTS."""
        return "not measured" if self.tested is None else self.tested.verdict(self.p)


def _among_all(tested: Sequence[Tested | None]) -> list[_Outcome]:
    """Adjusted by Holm; what could not be tested does not count."""
    ps = holm([math.nan if one is None else one.p for one in tested])
    return [_Outcome(one, p) for one, p in zip(tested, ps, strict=True)]


def _tested(claim: AskedClaim, behind: _Behind, epoch: str) -> Tested | None:
    """A claim's links, tested; None where something is not measured, or knows no such epoch."""
    parts = []
    for comparison in claim.comparisons:
        if comparison.kind == "collapsed":
            part = _collapsed(comparison, claim, behind.numbers) if epoch == "best" else None
        else:
            part = _compared(comparison, claim, behind, epoch)
        if part is None:
            return None
        parts.append(part)
    return joined(parts)


def _compared(
    comparison: Comparison, claim: AskedClaim, behind: _Behind, epoch: str
) -> Tested | None:
    samples, spread = behind.samples(comparison, epoch)
    if not all(row in samples for row in comparison.references):
        return None
    return examine(links(comparison, claim.labels), samples, spread, comparison.of.exact)


def _collapsed(comparison: Comparison, claim: AskedClaim, numbers: Numbers) -> Tested | None:
    """Rows whose runs all stay at chance: each run's own test of it decides, not the means."""
    key = quantity_key(comparison.of)
    rows = [numbers[key, row] for row in comparison.collapsed]
    if any(row.reason for row in rows):
        return None
    shares = [row.collapsed / row.best.n for row in rows]
    found = [
        Link(
            text=f"{claim.labels[name]}: {row.collapsed} of {row.best.n} runs at chance",
            estimate=share,
            bound=1.0,
            holds=float(share < 1),
            reversed=float(share > 0),
        )
        for name, row, share in zip(comparison.collapsed, rows, shares, strict=True)
    ]
    return combined(found, [None] * len(found), exact=True)


def _verdict(
    claim: AskedClaim,
    behind: _Behind,
    best: _Outcome,
    last: _Outcome,
    reported: _Outcome,
    count: int,
) -> Verdict:
    tested, later = best.tested, None if last.tested is None else last.verdict
    rows = behind.rows(claim)
    return Verdict(
        claim=claim.name,
        study=behind.study.name,
        says=claim.says,
        kind=claim.kind,
        verdict=best.verdict,
        quantity=claim.comparisons[0].of.name,
        last=later,
        fragile=later is not None and later != best.verdict,
        reason=_reason(tested, [*rows.values()], behind.study.variance),
        p=known(best.p),
        reported_order=order_reported(claim),
        reported_verdict=None if reported.tested is None else reported.verdict,
        reported_effect=_reported_effect(reported.tested, tested),
        matters=claim.matters,
        preset=behind.study.preset,
        data=behind.study.data_name,
        links=[] if tested is None else tested.links,
        **_runs(claim, rows),
        **({} if tested is None else _effect(tested)),
        **_power(claim, behind, tested, reported.tested, count),
    )


def _runs(claim: AskedClaim, rows: Mapping[tuple[str, str], Number]) -> dict[str, Any]:
    """What runs stand behind a claim, and what a reader must know of them."""
    there = list(rows.values())
    flags = dict.fromkeys(
        f"{claim.labels[row]}: {number.flags}" for (_, row), number in rows.items() if number.flags
    )
    return {
        "n": min((number.best.n for number in there), default=0),
        "seeds": sorted({seed for number in there for seed in number.seeds}),
        "elsewhere": sum(not number.best.ours for number in there),
        "sd_ratio": ratio({"/".join(key): number.best for key, number in rows.items()}),
        "flags": list(flags),
    }


def _effect(tested: Tested) -> dict[str, Any]:
    link, estimate = tested.links[tested.deciding], tested.estimates[tested.deciding]
    # Of runs at chance the link itself says how many.
    measured = link.text if estimate is None else link.measured
    ends = {"effect": link.estimate, "low": link.low, "high": link.high, "bound": link.bound}
    return {"measured": measured, **ends}


def _reason(tested: Tested | None, there: Sequence[Number], variance: str) -> str:
    if tested is None:
        return _together(number.reason for number in there if number.reason)
    if not tested.exact and math.isnan(tested.p):
        one = all(number.best.n == 1 for number in there)
        runs = "one run a row" if one else "a row of one run"
        if variance == "welch":
            return f"{runs}, which tells no scatter of its own (variance: welch)"
        return f"{runs}, and how far single runs scatter here is not known"
    return ""


def _together(reasons: Iterable[str]) -> str:
    """Reasons of several rows, each "row: why", with the rows of one reason named together."""
    rows: dict[str, list[str]] = {}
    for reason in dict.fromkeys(reasons):
        row, colon, why = reason.rpartition(": ")
        rows.setdefault(why, []).extend([row] if colon else [])
    return "; ".join(f"{listed(named)}: {why}" if named else why for why, named in rows.items())


def _reported_effect(reported: Tested | None, tested: Tested | None) -> float | None:
    """The report's number for the link that decides."""
    if reported is None:
        return None
    return reported.links[(tested or reported).deciding].estimate


def _power(
    claim: AskedClaim,
    behind: _Behind,
    tested: Tested | None,
    reported: Tested | None,
    count: int,
) -> dict[str, Any]:
    """What these runs could find, and how many it would take; never at the difference observed."""
    estimate = None if tested is None else tested.estimates[tested.deciding]
    if estimate is None or tested.exact:
        return {}
    found: dict[str, Any] = {}
    if estimate.error > 0:
        found["detectable"] = detectable(estimate.error, estimate.df, count)
    comparison = claim.comparisons[0]
    if comparison.of == ACCURACY and len(claim.comparisons) == 1:
        difference = reported.links[tested.deciding].excess if reported else 0.0
        found |= _seeds(claim, behind, tested.deciding, difference, count)
    return found


def _seeds(
    claim: AskedClaim, behind: _Behind, at: int, reported: float, count: int
) -> dict[str, int | None]:
    """How many seeds a row it would take to tell the margin, and the difference `reported`.

    at: the link that decides. Nothing where no scatter is known, or a row is not ours to run.
    """
    comparison = claim.comparisons[0]
    samples, spread = behind.samples(comparison, "best")
    sds = [spread[row].variance for row in comparison.references if spread.get(row)]
    if not sds or not all(samples[row].ours for row in comparison.references):
        return {}
    sd, rows = math.sqrt(max(sds)), max(2, sum(s.trained for s in samples.values()))
    design = (sd, _squares(comparison, at), rows, count)
    if comparison.within is not None:
        return {"seeds_for_matters": seeds_needed_alike(comparison.within, *design)}
    found = {"seeds_for_matters": seeds_needed(claim.matters, *design)}
    return found | ({"seeds_for_reported": seeds_needed(reported, *design)} if reported else {})


def _squares(comparison: Comparison, at: int) -> float:
    link = links(comparison, {row: row for row in comparison.references})[at]
    weights = getattr(link, "weights", {"a": 1.0, "b": -1.0})
    return math.fsum(weight**2 for weight in weights.values())
