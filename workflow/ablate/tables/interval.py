"""95 % intervals for the difference of two settings."""

import math
from typing import NamedTuple

LEVEL = 0.95


class Sample(NamedTuple):
    """Runs of one setting: how many, their mean, their sample standard deviation (NaN if n < 2)."""

    n: int
    mean: float
    sd: float


def interval(a: Sample, b: Sample, noise: dict | None) -> tuple[float, float]:
    """The two-sided 95 % t interval of mean(a) - mean(b), runs taken as independent.

    With two runs or more on both sides: Welch's, from their own standard deviations. Seeds are not
    paired, for equal seeds of two networks share little but the order of the data. Where neither
    side scatters, the interval is the difference itself. With a single run on a side, its scatter
    is not known from the data and `noise` stands in for both: sd * sqrt(1/n_a + 1/n_b).

    Args:
        a, b: the two settings.
        noise: {"sd": standard deviation of single runs, "df": degrees of freedom behind it}, or
            None where nobody knows it.

    Returns:
        (low, high); NaN where a side has no run, or one run and the noise is not known.
    """
    difference = a.mean - b.mean
    error, freedom = _welch(a, b) if min(a.n, b.n) > 1 else _assumed(a, b, noise)
    half = error * _quantile(freedom) if error > 0 else error
    return difference - half, difference + half


def _welch(a: Sample, b: Sample) -> tuple[float, float]:
    """Standard error and Welch-Satterthwaite degrees of freedom of a difference of means."""
    of_a, of_b = a.sd**2 / a.n, b.sd**2 / b.n
    total = of_a + of_b
    if not total > 0:
        return total, math.nan
    freedom = total**2 / (of_a**2 / (a.n - 1) + of_b**2 / (b.n - 1))
    return math.sqrt(total), freedom


def _assumed(a: Sample, b: Sample, noise: dict | None) -> tuple[float, float]:
    if noise is None or not a.n or not b.n:
        return math.nan, math.nan
    return noise["sd"] * math.sqrt(1 / a.n + 1 / b.n), noise["df"]


def _quantile(freedom: float) -> float:
    # scipy.stats takes a second and a half to import, this a third.
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))
