"""How far single runs of each row scatter, and how well that is known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ablate.findings.answer import Scatter
from ablate.findings.sample import Sample

# Below so many seeds a row's own sd is too poorly known: at three, Welch with Holm finds a
# difference of three sds 13 times in 100, a pooled sd 64 times.
WELCH_FROM = 5
# A row of so many times the pooled variance keeps its own. By simulation (1,000 studies of seven
# rows, six claims, one row of three times the others' sd, two or three seeds) 3 to 7 studies in 100
# then hold a false verdict, and with pooling alone 8 to 12; a difference of three sds is found 57
# times in 100 at three seeds, and with pooling alone 73.
OUTLYING = 2.0
DOUBTFUL_RATIO = 3.0


@dataclass(frozen=True)
class Noise:
    """The scatter of single runs, as somebody measured it elsewhere.

    Attributes:
        sd: standard deviation of single runs.
        df: degrees of freedom behind it.
        source: who measured it.
    """

    sd: float
    df: int
    source: str = ""


@dataclass(frozen=True)
class Spread:
    """Variance of one run of a row.

    Attributes:
        variance: of one run.
        df: degrees of freedom behind it.
        source: rows of one source share one estimate.
    """

    variance: float
    df: float
    source: str


def spreads(
    samples: Mapping[str, Sample], noise: Noise | None = None, variance: str = "auto"
) -> dict[str, Spread | None]:
    """The spread of every row; None where nothing tells it.

    Pooled: one variance for all rows that trained, sum of (n - 1) sd^2 over sum of (n - 1); a row
    of more than twice that keeps its own, as does one with a run that diverged or collapsed where
    its own is larger. A row of one run takes the pooled one, or, where no row was run twice, the
    stated noise.

    Args:
        variance: pooled, welch (each row its own), or auto: pooled below five seeds.
    """
    repeated = {name: s for name, s in samples.items() if s.n > 1 and s.measured}
    pooled = _pooled({name: s for name, s in repeated.items() if s.trained} or repeated)
    each_its_own = kind(samples, noise, variance) == "welch"
    found: dict[str, Spread | None] = {}
    for name, sample in samples.items():
        spread = pooled or (Spread(noise.sd**2, noise.df, "stated") if noise else None)
        if name in repeated:
            its = Spread(sample.sd**2, sample.n - 1, name)
            most = (OUTLYING if sample.trained else 1.0) * spread.variance
            spread = its if each_its_own or its.variance > most else spread
        found[name] = _floored(spread, sample.floor)
    return found


def own(sample: Sample, noise: Noise | None = None) -> Spread | None:
    """The spread of a row that shares with no other; None where nothing tells it."""
    if not sample.measured:
        return None
    if sample.n > 1:
        return _floored(Spread(sample.sd**2, sample.n - 1, "own"), sample.floor)
    return _floored(Spread(noise.sd**2, noise.df, "stated") if noise else None, sample.floor)


def kind(samples: Mapping[str, Sample], noise: Noise | None, variance: str = "auto") -> str:
    """How `spreads` knows the scatter: pooled, welch, stated or unknown."""
    counts = [sample.n for sample in samples.values() if sample.n > 1 and sample.measured]
    if not counts:
        return "stated" if noise else "unknown"
    if variance != "auto":
        return variance
    return "welch" if min(counts) >= WELCH_FROM else "pooled"


def scatter(
    samples: Mapping[str, Sample], noise: Noise | None = None, variance: str = "auto"
) -> Scatter:
    """The same in a shape to be shown."""
    how = kind(samples, noise, variance)
    floor = _floor(samples, noise, variance)
    if how == "stated":
        return Scatter(how, noise.sd, noise.df, noise.source, floor)
    if how != "pooled":
        return Scatter(how, floor=floor, ratio=ratio(samples))
    repeated = {name: s for name, s in samples.items() if s.n > 1 and s.measured}
    one = _pooled({name: s for name, s in repeated.items() if s.trained} or repeated)
    return Scatter(how, math.sqrt(one.variance), int(one.df), floor=floor, ratio=ratio(samples))


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
    sds = [s.sd for s in samples.values() if s.n > 1 and s.trained and s.measured]
    return max(sds) / min(sds) if len(sds) > 1 and min(sds) > 0 else None


def _pooled(samples: Mapping[str, Sample]) -> Spread | None:
    df = sum(sample.n - 1 for sample in samples.values())
    squares = math.fsum((sample.n - 1) * sample.sd**2 for sample in samples.values())
    return Spread(squares / df, df, "pooled") if df else None


def _floored(spread: Spread | None, floor: float) -> Spread | None:
    if spread is None or spread.variance >= floor:
        return spread
    return Spread(floor, spread.df, spread.source)
