"""How numbers and names stand in a sentence."""

import math
from collections.abc import Callable, Sequence

MINUS = "−"


def typeset(number: str) -> str:
    """A number as people read it, its sign a minus and no hyphen."""
    return number.replace("-", MINUS)


def points(value: float | None) -> str:
    """A difference in percentage points with its sign; what rounds to zero is +0.00."""
    return "" if value is None or math.isnan(value) else typeset(f"{round(value, 2) + 0.0:+.2f}")


def with_interval(
    value: float | None,
    low: float | None,
    high: float | None,
    written: Callable[[float | None], str] = points,
) -> str:
    """A difference with its interval, where there is one, each number as `written`."""
    if low is None or high is None or math.isnan(low):
        return written(value)
    return f"{written(value)} [{written(low)}, {written(high)}]"


def measure(value: float | None, level: bool = False) -> str:
    """What was measured, in its own unit: two decimals, none of a count by the thousand.

    Args:
        level: whether it is a mean by itself; a difference has a sign.
    """
    if value is None or math.isnan(value):
        return ""
    small = 1e-6 < abs(value) < 0.1
    sign = "" if level else "+"
    if abs(value) >= 1e4:
        return typeset(f"{value:{sign},.0f}")
    rounded = round(value, 2) + 0.0
    return typeset(f"{value:{sign}.2g}" if small else f"{rounded:{sign}.2f}")


def data(name: str) -> str:
    """What images a result holds for."""
    return "synthetic images" if name == "synthetic" else name


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: float, what: str) -> str:
    """1 point, 2 points."""
    return f"{number:g} {what}" + ("" if number == 1 else "s")


def p_value(p: float | None) -> str:
    """p with two digits, and no zeros that nobody can know."""
    if p is None or math.isnan(p):
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
