"""Every measure by name, and how it is taken over seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ablate.errors import AblateError
from ablate.measures import line, rates
from ablate.measures.stepped import Band, Curve
from ablate.paths import Results
from ablate.requests.runs import ShownRun
from ablate.runs import steps
from ablate.runs.steps import Series


@dataclass(frozen=True)
class Measure:
    """A measure and the series it is taken from.

    Attributes:
        title: what a reader calls it.
        keys: the names of the series in steps.npz.
        of: from the series of a family's runs of one seed to the measure at each step.
    """

    title: str
    keys: tuple[str, ...]
    of: Callable[[Sequence[Series]], Band | Curve]


def _of_one(measure: Callable[[Series], Band | Curve]) -> Callable[[Sequence[Series]], Any]:
    return lambda runs: measure(runs[0])


OVER_RATES = {
    "loss_band": Measure("training loss, band over the learning rates", ("loss",), rates.loss_band),
    "gradient_predictiveness": Measure(
        "gradient predictiveness, band of d_t over the learning rates",
        ("gradient_difference",),
        rates.gradient_predictiveness,
    ),
    "beta_a": Measure(
        "effective beta-smoothness, reading A: largest d_t over the learning rates",
        ("gradient_difference",),
        rates.beta_a,
    ),
    "beta_b": Measure(
        "effective beta-smoothness, reading B: largest difference of two rates' gradients",
        ("gradient_steps", "gradients"),
        rates.beta_b,
    ),
}
ALONG_GRADIENT = {
    "loss_range": Measure(
        "loss along the gradient, range over eta",
        ("probe_steps", "probe_loss"),
        _of_one(line.loss_range),
    ),
    "gradient_range": Measure(
        "gradient predictiveness along the gradient, range over eta",
        ("probe_steps", "probe_gradient_difference"),
        _of_one(line.gradient_range),
    ),
    "beta": Measure(
        "effective beta-smoothness along the gradient",
        ("probe_steps", "probe_gradient_difference", "probe_eta", "probe_gradient_norm"),
        _of_one(line.beta),
    ),
}
MEASURES = OVER_RATES | ALONG_GRADIENT


def common_seeds(members: Sequence[ShownRun]) -> list[int]:
    """The seeds that all members have, in increasing order.

    Raises:
        AblateError: they share none.
    """
    shared = set.intersection(*(set(member.seeds) for member in members))
    if not shared:
        named = "; ".join(f"{member.run}: {list(member.seeds)}" for member in members)
        raise AblateError(f"Runs drawn as one band need a seed that all have, found {named}.")
    return sorted(shared)


def per_seed(results: Results, members: Sequence[ShownRun], name: str) -> list[Band | Curve]:
    """The measure `name` of the runs, for each seed that all of them have.

    A measure along the gradient is of one run: `members` then holds one.

    Raises:
        AblateError: a series is missing, or they share no seed.
    """
    measure = MEASURES[name]
    return [
        measure.of([steps.read(results.run(member.run, seed), measure.keys) for member in members])
        for seed in common_seeds(members)
    ]


def recorded(results: Results, members: Sequence[ShownRun], name: str) -> bool:
    """Whether all runs hold the series that measure `name` needs."""
    return all(
        steps.holds(results.run(member.run, seed), MEASURES[name].keys)
        for member in members
        for seed in common_seeds(members)
    )


# Parts of a run by its steps: from which share to which.
PARTS = {
    "first half": (0.0, 0.5),
    "second half": (0.5, 1.0),
    "whole run": (0.0, 1.0),
    "first tenth": (0.0, 0.1),
    "last tenth": (0.9, 1.0),
}


def part(measured: Band | Curve, name: str) -> Band | Curve:
    """A part of the run by its steps, as shares of the last step measured.

    That is the last of the run that went on longest, where others ended early.
    """
    if name == "whole run" or not len(measured.steps):
        return measured
    (low, high), share = PARTS[name], measured.steps / measured.steps[-1]
    return measured.where((share > low) & (share <= high))


def statistics(measured: Band | Curve) -> dict[str, float]:
    """Mean and median over the steps, and mean width of a band (nan for a line).

    Of a band's middle, or a line's value; at the steps that no member misses, of which `steps`
    tells the number, and `left_out` that of the others. nan where no step is left.
    """
    kept = measured.complete()
    count = len(kept.steps)
    width = kept.width.mean() if count and isinstance(kept, Band) else np.nan
    return {
        "mean": float(kept.middle.mean()) if count else np.nan,
        "median": float(np.median(kept.middle)) if count else np.nan,
        "width": float(width),
        "steps": count,
        "left_out": len(measured.steps) - count,
    }
