"""How numbers and names stand in a sentence."""

import math
from collections.abc import Sequence


def points(value: float | None) -> str:
    """A difference in percentage points with its sign; what rounds to zero is +0.00."""
    return "" if value is None or math.isnan(value) else f"{round(value, 2) + 0.0:+.2f}"


def with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """A difference with its interval, where there is one."""
    if low is None or high is None or math.isnan(low):
        return points(value)
    return f"{points(value)} [{points(low)}, {points(high)}]"


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
