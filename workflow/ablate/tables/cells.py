"""How numbers stand in a readable table."""

import math

CONFOUNDED = "(confounded)"


def number(value: float, digits: int = 2) -> str:
    """`value` with so many decimals; nothing for NaN."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def signed(value: float, digits: int = 2) -> str:
    """`value` with its sign (plus for what rounds to zero); nothing for NaN."""
    return "" if math.isnan(value) else f"{round(value, digits) + 0.0:+.{digits}f}"


def seconds(value: float) -> str:
    """Whole seconds, tenths below ten; nothing for NaN."""
    return number(value, 1 if value < 10 else 0)


def mean(value: float, sd: float) -> str:
    """A mean with its standard deviation, where there is one."""
    if math.isnan(value):
        return ""
    return f"{value:.2f}" + ("" if math.isnan(sd) else f" ± {sd:.2f}")


def with_interval(value: float, low: float, high: float) -> str:
    """A difference with its interval, where there is one."""
    if math.isnan(low):
        return signed(value)
    return f"{signed(value)} [{signed(low)}, {signed(high)}]"


def differs_by(settings: list[str]) -> str:
    """Settings as a study's CSV has them: joined by spaces, more than one marked confounded."""
    return " ".join([*settings, CONFOUNDED] if len(settings) > 1 else settings)
