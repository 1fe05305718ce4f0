"""Measures along the gradient, as Santurkar et al. (NeurIPS 2018, figure 4) have them.

Each takes the line probe's series of one run: loss and gradient at x(eta) = x_t - eta g_t for
several eta, where g_t is the gradient by all parameters.
"""

import numpy as np

from ablate.measures.stepped import Band, Curve, aligned
from ablate.runs.steps import Series


def loss_range(run: Series) -> Band:
    """Smallest and largest L(x(eta)). Needs `probe_steps` and `probe_loss` [P, etas]."""
    return _range(run["probe_steps"], run["probe_loss"])


def gradient_range(run: Series) -> Band:
    """Smallest and largest ||grad L(x(eta)) - g_t||_2.

    Needs `probe_steps` and `probe_gradient_difference` [P, etas].
    """
    return _range(run["probe_steps"], run["probe_gradient_difference"])


def beta(run: Series) -> Curve:
    """Effective beta-smoothness: the largest ||grad L(x(eta)) - g_t||_2 / ||eta g_t||_2.

    Smaller is smoother. Needs `probe_steps`, `probe_gradient_difference`, `probe_eta` [P, etas] and
    `probe_gradient_norm` [P].
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = run["probe_gradient_difference"] / (
            run["probe_eta"] * run["probe_gradient_norm"][:, None]
        )
    steps, [ratio] = aligned([run["probe_steps"]], [ratio])
    return Curve(
        steps=steps,
        missing=_incomplete(ratio),
        members=1,
        value=np.fmax.reduce(ratio, axis=1),
    )


def _range(steps: np.ndarray, values: np.ndarray) -> Band:
    steps, [values] = aligned([steps], [values])
    return Band(
        steps=steps,
        missing=_incomplete(values),
        members=1,
        low=np.fmin.reduce(values, axis=1),
        high=np.fmax.reduce(values, axis=1),
    )


def _incomplete(values: np.ndarray) -> np.ndarray:
    """1 at the steps where the value at some eta is not finite."""
    return np.isnan(values).any(1).astype(int)
