"""What the report's own numbers say of a claim."""

import math

from ablate.findings.links import links
from ablate.findings.sample import Sample
from ablate.findings.spread import Spread
from ablate.findings.tested import Tested, examine, joined
from ablate.requests.findings import AskedClaim, ClaimingStudy
from ablate.settings.quantities import ACCURACY

# What the report calls collapsed: chance on ten classes, plus three standard errors on 10,000
# images.
REPORTED_CHANCE = 10.9


def tested_as_reported(claim: AskedClaim, study: ClaimingStudy) -> Tested | None:
    """The report's own numbers, tested against its own noise; None where its table lacks one."""
    parts = []
    for comparison in claim.comparisons:
        if comparison.of != ACCURACY:
            return None
        rows = comparison.references
        if comparison.kind == "collapsed" or not all(row in claim.reported for row in rows):
            return None
        samples = {row: _sample(row, claim, study) for row in rows}
        noise = study.reported_noise
        spread = Spread.of(noise.sd**2, noise.df, "reported") if noise else None
        spreads_of = dict.fromkeys(samples, spread)
        parts.append(examine(links(comparison, claim.labels), samples, spreads_of))
    return joined(parts)


def _sample(row: str, claim: AskedClaim, study: ClaimingStudy) -> Sample:
    repeated = study.reported_noise and study.reported_noise.repeated
    if repeated and claim.referents[row].repeated:
        return Sample(repeated.n, repeated.mean, math.nan)
    return Sample(1, claim.reported[row], math.nan)


def order_reported(claim: AskedClaim) -> str | None:
    """Whether the report's table bears its sentence out; None where it lacks a number."""
    holds = True
    for comparison in claim.comparisons:
        rows = comparison.references
        if comparison.of != ACCURACY or not all(r in claim.reported for r in rows):
            return None
        if comparison.kind == "collapsed":
            holds &= all(claim.reported[row] <= REPORTED_CHANCE for row in rows)
            continue
        samples = {row: Sample(1, claim.reported[row], math.nan) for row in rows}
        found = examine(links(comparison, claim.labels), samples, dict.fromkeys(rows))
        # Numbers of two decimals: a difference of 2.00 is not "less than 2".
        holds &= all(round(link.excess, 6) > 0 for link in found.links)
    return "yes" if holds else "no"
