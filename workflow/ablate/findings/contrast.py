"""A linear contrast of row means: its estimate, interval, and one-sided tests."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ablate.findings.sample import Sample
from ablate.findings.spread import Spread, own
from ablate.settings.study import Noise

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A contrast sum of c_i mean_i, rows taken as independent.

    Attributes:
        value: the estimate; NaN where a row was not measured.
        error: its standard error; NaN where the scatter is not known, 0 where there is none.
        df: degrees of freedom of the t distribution.
    """

    value: float
    error: float = math.nan
    df: float = math.nan

    def interval(self) -> tuple[float, float]:
        """The two-sided t interval at LEVEL; NaN where the error is not known."""
        half = self.error * quantile((1 + LEVEL) / 2, self.df) if self.error > 0 else self.error
        return self.value - half, self.value + half

    def above(self, bound: float) -> float:
        """p of the one-sided test that the contrast lies above `bound`.

        Without scatter 0 where it does and 1 where not; NaN where the error is not known.
        """
        return self._tail(self.value - bound)

    def below(self, bound: float) -> float:
        """p of the one-sided test that it lies below."""
        return self._tail(bound - self.value)

    @property
    def two_sided(self) -> float:
        """p of the two-sided test that it is other than 0; NaN where the error is not known."""
        tail = min(self.above(0.0), self.below(0.0))
        return tail if math.isnan(tail) else min(1.0, 2 * tail)

    def _tail(self, distance: float) -> float:
        if math.isnan(distance) or math.isnan(self.error):
            return math.nan
        if self.error == 0:
            return 0.0 if distance > 0 else 1.0
        from scipy.special import stdtr

        return float(stdtr(self.df, -distance / self.error))


def known(value: float) -> float | None:
    """A number as a record has it: None where it is not known."""
    return None if math.isnan(value) else value


def estimate(
    weights: Mapping[str, float],
    samples: Mapping[str, Sample],
    spreads: Mapping[str, Spread | None],
) -> Estimate:
    """The contrast with these coefficients.

    Variance: sum of c_i^2 v_i / n_i. What stands on one estimate of scatter forms a group; over
    groups the degrees of freedom are Satterthwaite's (Biometrics Bulletin 2, 1946): (sum V_g)^2
    over sum of V_g^2 / df_g. One group: its own df; a group a row: Welch's.
    """
    value = math.fsum(weight * samples[row].mean for row, weight in weights.items())
    groups: dict[str, float] = defaultdict(float)
    freedom: dict[str, float] = {}
    for row, weight in weights.items():
        spread, n = spreads[row], samples[row].n
        if spread is None or not n:
            return Estimate(value)
        for name, (share, df) in spread.parts.items():
            groups[name] += weight**2 * share * spread.variance / n
            freedom[name] = df
    total = math.fsum(groups.values())
    if not total > 0:
        return Estimate(value, total)
    df = total**2 / math.fsum(part**2 / freedom[name] for name, part in groups.items())
    return Estimate(value, math.sqrt(total), df)


def difference(
    row: str,
    control: str,
    samples: Mapping[str, Sample],
    spreads: Mapping[str, Spread | None],
) -> Estimate:
    """Mean of `row` less mean of `control`."""
    return estimate({row: 1.0, control: -1.0}, samples, spreads)


def half_width(sample: Sample, noise: Noise | None = None) -> float:
    """Half the 95 % t interval of the mean; NaN where the scatter is not known.

    Two runs or more tell their own scatter; that of a single run is the stated `noise`. Neither
    counts as less than the test images' own sampling.
    """
    low, high = estimate({"": 1.0}, {"": sample}, {"": own(sample, noise)}).interval()
    return (high - low) / 2


def quantile(share: float, df: float) -> float:
    """The quantile of Student's t."""
    # scipy.stats takes a second and a half to import, this a third.
    from scipy.special import stdtrit

    return float(stdtrit(df, share))
