"""How numbers stand in a readable table."""

import math
from collections.abc import Iterable

from ablate.findings.words import typeset


def number(value: float, digits: int = 2) -> str:
    """`value` with so many decimals; nothing for NaN."""
    return "" if math.isnan(value) else typeset(f"{value:.{digits}f}")


def seconds(value: float) -> str:
    """Whole seconds, tenths below ten; nothing for NaN."""
    return number(value, 1 if value < 10 else 0)


def mean(value: float, sd: float) -> str:
    """A mean with its standard deviation, where there is one."""
    if math.isnan(value):
        return ""
    return f"{value:.2f}" + ("" if math.isnan(sd) else f" ± {sd:.2f}")


def out_of(counts: Iterable[int], whole: int) -> str:
    """How many of `whole` there are, such as "1,293 or 1,437 of 1,437"."""
    distinct = sorted(set(counts))
    of = f" of {whole:,}" if distinct != [whole] else ""
    return " or ".join(f"{count:,}" for count in distinct) + of
