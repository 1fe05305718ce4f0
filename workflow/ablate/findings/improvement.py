"""How often a run of one setting would beat a run of another."""

import math

from ablate.findings.contrast import LEVEL, Estimate


def improvement(found: Estimate, variance: float) -> tuple[float, float, float]:
    """P that a new run of one row beats a new run of another, with its 95 % interval.

    The probability of improvement of Bouthillier et al. (Accounting for Variance in Machine
    Learning Benchmarks, MLSys 2021), for normal scatter: Phi(d / sd). The interval is exact where
    the two share one scatter: the t statistic of the difference follows the noncentral t, whose
    noncentrality is inverted.

    Args:
        found: the difference of the means.
        variance: of the difference of two single runs.
    """
    from scipy.special import nctdtrinc, ndtr

    difference, sd = found.value, math.sqrt(variance)
    if not sd > 0:
        one = 0.5 + 0.5 * ((difference > 0) - (difference < 0))
        return one, one, one
    low, high = (
        float(nctdtrinc(found.df, share, difference / found.error)) * found.error / sd
        for share in ((1 + LEVEL) / 2, (1 - LEVEL) / 2)
    )
    return float(ndtr(difference / sd)), float(ndtr(low)), float(ndtr(high))
