"""Runs of one setting, as a statistic sees them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

# Of equal numbers, the error of summing them.
SAME = 1e-9


@dataclass(frozen=True)
class Sample:
    """How often a setting was run, and what came out.

    Attributes:
        n: runs.
        mean: of what was measured.
        sd: sample standard deviation (n - 1); NaN for fewer than two runs.
        floor: the least variance of one run that can be believed; 0 where none is known.
        trained: whether every run trained, none diverged and none collapsed.
        ours: whether the runs are ours: a noise that is stated for ours says nothing of others'.
    """

    n: int
    mean: float
    sd: float
    floor: float = 0.0
    trained: bool = True
    ours: bool = True

    @classmethod
    def of(cls, values: Sequence[float], images: int | None = None, trained: bool = True) -> Self:
        """The sample of these values; a NaN among them makes the mean NaN.

        Args:
            images: how many test images stand behind an accuracy in percent.
        """
        n = len(values)
        mean = math.fsum(values) / n if n else math.nan
        squares = math.fsum((value - mean) ** 2 for value in values)
        sd = math.sqrt(squares / (n - 1)) if n > 1 else math.nan
        return cls(n, mean, sd, sampling(mean, images) if images else 0.0, trained)

    def of_others(self) -> Self:
        """The same, measured by others.

        What they round away is not known: values that are all the same tell no scatter, and count
        as one.
        """
        if self.sd > SAME:
            return replace(self, ours=False)
        return replace(self, n=min(self.n, 1), sd=math.nan, ours=False)

    @property
    def scatters(self) -> bool:
        """Whether its own runs tell how far they scatter."""
        return self.measured and not math.isnan(self.sd)

    @property
    def measured(self) -> bool:
        """Whether there is a mean."""
        return self.n > 0 and math.isfinite(self.mean)


def sampling(accuracy: float, images: int) -> float:
    """Variance, in squared percentage points, of an accuracy (percent) counted on so many images.

    p (1 - p) / N: what the draw of the test images alone makes. Runs that happen to come out alike
    are not known better than that. All right and none right count as half an image away from it:
    that 60 of 60 images are right does not say that every image would be.
    """
    if not math.isfinite(accuracy):
        return 0.0
    share = min(max(accuracy / 100, 0.5 / images), 1 - 0.5 / images)
    return 1e4 * share * (1 - share) / images
