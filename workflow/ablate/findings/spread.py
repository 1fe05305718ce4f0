"""How far single runs of each row scatter, and how well that is known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from ablate.findings.answer import Scatter
from ablate.findings.sample import Sample
from ablate.settings.study import Noise

# Below so many seeds a row's own sd is too poorly known: at three, Welch with Holm finds a
# difference of three sds 13 times in 100, a pooled sd 64 times.
WELCH_FROM = 5
# A row of so many times the pooled variance keeps its own. By simulation (1,000 studies of seven
# rows, six claims, one row of three times the others' sd, two or three seeds) 3 to 7 studies in 100
# then hold a false verdict, and with pooling alone 8 to 12; a difference of three sds is found 57
# times in 100 at three seeds, and with pooling alone 73.
OUTLYING = 2.0
DOUBTFUL_RATIO = 3.0


class Independent(NamedTuple):
    """What one estimate is of a variance: its share, and its degrees of freedom."""

    share: float
    df: float


@dataclass(frozen=True)
class Spread:
    """Variance of one run of a row, as a sum of independent estimates.

    Attributes:
        variance: of one run.
        parts: the estimates by name; rows with a part of one name share that estimate.
    """

    variance: float
    parts: Mapping[str, Independent]

    @classmethod
    def of(cls, variance: float, df: float, source: str) -> Self:
        """A variance that is one estimate."""
        return cls(variance, {source: Independent(1.0, df)})


def spreads(
    samples: Mapping[str, Sample], noise: Noise | None = None, variance: str = "auto"
) -> dict[str, Spread | None]:
    """The spread of every row; None where nothing tells it.

    Pooled: one variance for all rows that trained, sum of (n - 1) sd^2 over sum of (n - 1); a row
    of more than twice that keeps its own, as does one with a run that diverged or collapsed where
    its own is larger. A row of one run takes the pooled one, or, where no row that trained was run
    twice, the stated noise.

    What others measured is pooled by itself, so that it changes nothing of what ours are known to
    scatter. A single number of theirs takes the pooled one of theirs as well; where none of theirs
    was run twice, that of ours is the best guess.

    By Welch no row tells of another: a row of one run has the stated noise, or none.

    Args:
        variance: pooled, welch (each row its own), or auto: pooled where a row has fewer than five
            seeds.
    """
    ours = {name: sample for name, sample in samples.items() if sample.ours}
    others = {name: sample for name, sample in samples.items() if not sample.ours}
    found = _of_same_hands(ours, variance, _stated(noise))
    found |= _of_same_hands(others, variance, _lent(ours, variance), "pooled elsewhere")
    return {name: found[name] for name in samples}


def _of_same_hands(
    samples: Mapping[str, Sample], variance: str, single: Spread | None, source: str = "pooled"
) -> dict[str, Spread | None]:
    """The spread of every row; `single` is that of single runs which share with no other row."""
    each_its_own = _kind(samples, variance) == "welch"
    shared = None if each_its_own else _shared(samples, source)
    found: dict[str, Spread | None] = {}
    for name, sample in samples.items():
        spread = shared or single
        if sample.scatters:
            its = Spread.of(sample.sd**2, sample.n - 1, name)
            if shared is None or its.variance > _most(sample) * shared.variance:
                spread = its
        found[name] = _floored(spread, sample.floor)
    return found


def _lent(ours: Mapping[str, Sample], variance: str) -> Spread | None:
    """What ours tell of a single number of others'.

    Where each of ours has its own it is their mean, as pooled, with each of them a part: the row
    that the number is compared with is in it, and would otherwise count twice.
    """
    shared = _shared(ours)
    if shared is None or variance == "welch":
        return None
    if _kind(ours, variance) == "pooled":
        return shared
    squares = {name: (sample.n - 1) * sample.sd**2 for name, sample in _pooled(ours).items()}
    whole = math.fsum(squares.values()) or 1.0
    parts = {
        name: Independent(square / whole, ours[name].n - 1) for name, square in squares.items()
    }
    return Spread(shared.variance, parts)


def _most(sample: Sample) -> float:
    """How many times the pooled variance a row may have and still take that."""
    return OUTLYING if sample.trained else 1.0


def own(sample: Sample, noise: Noise | None = None) -> Spread | None:
    """The spread of a row that shares with no other; None where nothing tells it."""
    if not sample.measured:
        return None
    if sample.scatters:
        return _floored(Spread.of(sample.sd**2, sample.n - 1, "own"), sample.floor)
    return _floored(_stated(noise) if sample.ours else None, sample.floor)


def _kind(samples: Mapping[str, Sample], variance: str) -> str | None:
    measured = [sample for sample in samples.values() if sample.measured]
    if _shared(samples) is None:
        return "welch" if measured and all(sample.scatters for sample in measured) else None
    if variance != "auto":
        return variance
    return "welch" if min(sample.n for sample in measured) >= WELCH_FROM else "pooled"


def scatter(
    samples: Mapping[str, Sample], noise: Noise | None = None, variance: str = "auto"
) -> Scatter:
    """How `spreads` knows the scatter of ours, or of others' where there are none of ours."""
    ours = {name: sample for name, sample in samples.items() if sample.ours}
    how = _kind(ours or samples, variance)
    floor = _floor(samples, noise, variance)
    if how is None and noise and ours:
        return Scatter("stated", noise.sd, noise.df, noise.source, floor)
    if how == "pooled":
        one = _shared(ours or samples)
        [(_, df)] = one.parts.values()
        return Scatter(how, math.sqrt(one.variance), df, floor=floor, ratio=ratio(samples))
    if noise and any(sample.measured and not sample.scatters for sample in ours.values()):
        return Scatter(how, noise.sd, noise.df, noise.source, floor, ratio(samples))
    return Scatter(how or "unknown", floor=floor, ratio=ratio(samples))


def _floor(samples: Mapping[str, Sample], noise: Noise | None, variance: str) -> float | None:
    bare = {name: replace(sample, floor=0.0) for name, sample in samples.items()}
    known = spreads(bare, noise, variance)
    raised = [
        sample.floor
        for name, sample in samples.items()
        if (spread := known[name]) is not None and sample.floor > spread.variance
    ]
    return math.sqrt(max(raised)) if raised else None


def ratio(samples: Mapping[str, Sample]) -> float | None:
    """Largest over smallest sd of the rows that trained; None for fewer than two, or a zero."""
    sds = [s.sd for s in samples.values() if s.scatters and s.trained]
    return max(sds) / min(sds) if len(sds) > 1 and min(sds) > 0 else None


def _shared(samples: Mapping[str, Sample], source: str = "pooled") -> Spread | None:
    """One spread for all rows that trained; None where none of them was run twice."""
    pooled = _pooled(samples).values()
    df = sum(sample.n - 1 for sample in pooled)
    squares = math.fsum((sample.n - 1) * sample.sd**2 for sample in pooled)
    return Spread.of(squares / df, df, source) if df else None


def _pooled(samples: Mapping[str, Sample]) -> dict[str, Sample]:
    """The rows that may share one spread: those that trained, twice or more."""
    return {name: s for name, s in samples.items() if s.scatters and s.trained}


def _stated(noise: Noise | None) -> Spread | None:
    return Spread.of(noise.sd**2, noise.df, "stated") if noise else None


def _floored(spread: Spread | None, floor: float) -> Spread | None:
    if spread is None or spread.variance >= floor:
        return spread
    return replace(spread, variance=floor)
