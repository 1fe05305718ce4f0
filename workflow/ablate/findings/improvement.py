"""How often a run of one setting would beat a run of another."""

import math

from ablate.findings.contrast import LEVEL
from ablate.findings.sample import Sample
from ablate.findings.spread import Spread


def improvement(a: Sample, b: Sample, spread: Spread) -> tuple[float, float, float]:
    """P that a new run of `a` beats a new run of `b`, with its 95 % interval.

    The probability of improvement of Bouthillier et al. (Accounting for Variance in Machine
    Learning Benchmarks, MLSys 2021), for normal scatter of one sd: Phi(d / (sd sqrt 2)). The
    interval is exact there: the t statistic of the difference follows the noncentral t, whose
    noncentrality is inverted.
    """
    from scipy.special import nctdtrinc, ndtr

    difference, sd = a.mean - b.mean, math.sqrt(spread.variance)
    if not sd > 0:
        one = 0.5 + 0.5 * ((difference > 0) - (difference < 0))
        return one, one, one
    scale = math.sqrt(1 / a.n + 1 / b.n)
    t = difference / (sd * scale)
    ends = [
        float(nctdtrinc(spread.df, share, t)) * scale / math.sqrt(2)
        for share in ((1 + LEVEL) / 2, (1 - LEVEL) / 2)
    ]
    return (
        float(ndtr(difference / (sd * math.sqrt(2)))),
        float(ndtr(ends[0])),
        float(ndtr(ends[1])),
    )
