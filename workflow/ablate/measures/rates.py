"""Measures over runs that differ in the learning rate alone, as the report has them.

Each takes the step series of one seed's runs, a mapping for each learning rate. They mix what the
network's loss surface does with what the rates do to the runs' ways across it.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from ablate.measures.stepped import Band, Curve, aligned, band
from ablate.runs.steps import Series


def loss_band(runs: Sequence[Series]) -> Band:
    """Smallest and largest training loss over the rates at each step. Needs `loss`."""
    return band([np.arange(1, len(run["loss"]) + 1) for run in runs], [run["loss"] for run in runs])


def gradient_predictiveness(runs: Sequence[Series]) -> Band:
    """Smallest and largest d_t = ||G_t - G_(t-1)||_2 over the rates, from step 2.

    G_t is the gradient of the minibatch loss by the weight of the last Linear layer. Needs
    `gradient_difference`.
    """
    differences = [run["gradient_difference"][1:] for run in runs]
    return band([np.arange(2, len(one) + 2) for one in differences], differences)


def beta_a(runs: Sequence[Series]) -> Curve:
    """Effective beta-smoothness, reading A: the largest d_t over the rates at each step.

    Smaller is smoother. Needs `gradient_difference`.
    """
    differences = gradient_predictiveness(runs)
    return Curve(
        steps=differences.steps,
        missing=differences.missing,
        members=differences.members,
        value=differences.high,
    )


def beta_b(runs: Sequence[Series]) -> Curve:
    """Effective beta-smoothness, reading B: the largest ||G_t(i) - G_t(j)||_2 of any two rates.

    At the steps whose gradients were kept. Smaller is smoother. Needs `gradient_steps` and
    `gradients`.
    """
    steps, gradients = aligned(
        [run["gradient_steps"] for run in runs],
        [_flat(run["gradients"]) for run in runs],
    )
    distances = [np.linalg.norm(one - other, axis=1) for one, other in combinations(gradients, 2)]
    return Curve(
        steps=steps,
        missing=np.isnan(gradients).any(2).sum(0),
        members=len(runs),
        value=np.fmax.reduce([np.full(len(steps), np.nan), *distances]),
    )


def _flat(gradients: np.ndarray) -> np.ndarray:
    """[K, classes, features] as [K, classes x features], also for K = 0."""
    return gradients.reshape(len(gradients), math.prod(gradients.shape[1:]))
