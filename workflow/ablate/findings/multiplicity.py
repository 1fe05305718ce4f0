"""Many tests at once: the more are made, the more come out by luck."""

import math
from collections.abc import Sequence

ALPHA = 0.05


def holm(ps: Sequence[float]) -> list[float]:
    """p values adjusted by Holm (Scandinavian Journal of Statistics 6, 1979).

    Each adjusted p is at most alpha exactly where Holm's procedure rejects at alpha. A NaN stands
    for a test that was not made: it stays, and does not count.
    """
    order = sorted((p, at) for at, p in enumerate(ps) if not math.isnan(p))
    adjusted = [math.nan] * len(ps)
    highest = 0.0
    for rank, (p, at) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p))
        adjusted[at] = highest
    return adjusted
