"""How much a number of seeds can show, and how many would be needed."""

import math

from ablate.findings.contrast import quantile
from ablate.findings.multiplicity import ALPHA

POWER = 0.8
MOST_SEEDS = 1000


def detectable(error: float, df: float, tests: int = 1) -> float:
    """The smallest difference that a contrast with this standard error would find in 80 of 100.

    Of a two-sided t test at 5 %, made one of `tests` by Bonferroni, as Holm's first step is.
    """
    from scipy.special import nctdtrinc

    return error * float(nctdtrinc(df, 1 - POWER, _critical(df, tests)))


def seeds_needed(
    difference: float, sd: float, squares: float, rows: int, tests: int = 1
) -> int | None:
    """The fewest seeds a row with 80 % power at a true `difference`; None beyond 1,000.

    Args:
        sd: of single runs.
        squares: sum of the squared coefficients of the contrast (2 for a difference).
        rows: whose runs the sd is pooled over.
    """
    return _fewest(lambda n: _power(difference, sd * math.sqrt(squares / n), rows * (n - 1), tests))


def seeds_needed_alike(
    margin: float, sd: float, squares: float, rows: int, tests: int = 1
) -> int | None:
    """The same for an equivalence test within `margin`, at a true difference of nought."""

    def power(n: int) -> float:
        from scipy.special import stdtr

        error, df = sd * math.sqrt(squares / n), rows * (n - 1)
        return 1 - 2 * float(stdtr(df, _critical(df, tests) - margin / error))

    return _fewest(power)


def _fewest(power) -> int | None:
    """The fewest of 2 to 1,000 that reach 80 %: power grows with the number, so by halving."""
    low, high = 2, MOST_SEEDS
    if power(high) < POWER:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle + 1, high)
    return low


def _power(difference: float, error: float, df: float, tests: int) -> float:
    from scipy.special import nctdtr

    # Far out the noncentral t is not computed; power is then all but 1.
    shift = min(abs(difference) / error, 30.0) if error > 0 else 30.0
    return 1 - float(nctdtr(df, shift, _critical(df, tests)))


def _critical(df: float, tests: int) -> float:
    return quantile(1 - ALPHA / 2 / tests, df)
