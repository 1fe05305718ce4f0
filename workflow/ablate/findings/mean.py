"""The interval of one row's mean, by its own runs alone."""

from ablate.findings.contrast import estimate
from ablate.findings.sample import Sample
from ablate.findings.spread import own
from ablate.settings.study import Noise


def half_width(sample: Sample, noise: Noise | None = None) -> float:
    """Half the 95 % t interval of the mean; NaN where the scatter is not known.

    Two runs or more tell their own scatter; that of a single run is the stated `noise`. Neither
    counts as less than the test images' own sampling.
    """
    low, high = estimate({"": 1.0}, {"": sample}, {"": own(sample, noise)}).interval()
    return (high - low) / 2
