"""Main effects and interactions of a grid, against a linear model fitted by least squares."""

import numpy as np
import pytest

from ablate.findings.effects import Grid, effects
from ablate.findings.sample import Sample

FACTORS = {"row": ["relu", "gelu"], "lr": ["slow", "fast", "faster"]}
CELLS = {(a, b): f"{a}_{b}" for a in FACTORS["row"] for b in FACTORS["lr"]}
GRID = Grid(FACTORS, CELLS, {"relu": "ReLU", "gelu": "GELU"})
MEANS = (70.0, 74.5, 73.0, 78.2, 79.9, 86.1)
RUNS = {
    row: [mean - 0.9, mean + 0.1, mean + scatter]
    for row, mean, scatter in zip(CELLS.values(), MEANS, (0.5, 1.1, 0.8) * 2, strict=True)
}


def found(runs=RUNS):
    samples = {row: Sample.of(values) for row, values in runs.items()}
    return effects(GRID, samples, None, "pooled")


def test_effects_are_those_of_the_cell_means():
    means = {levels: np.mean(RUNS[row]) for levels, row in CELLS.items()}
    gain = {lr: means["gelu", lr] - means["relu", lr] for lr in FACTORS["lr"]}
    one = {effect.text: effect for effect in found()}
    assert list(one) == [
        "GELU against ReLU",
        "fast against slow",
        "faster against slow",
        "GELU against ReLU, more at fast than at slow",
        "GELU against ReLU, more at faster than at slow",
    ]
    assert one["GELU against ReLU"].difference == pytest.approx(np.mean(list(gain.values())))
    interaction = one["GELU against ReLU, more at faster than at slow"]
    assert interaction.kind == "interaction"
    assert interaction.difference == pytest.approx(gain["faster"] - gain["slow"])


def test_intervals_are_those_of_least_squares():
    # A cell-means model: the contrast's error from the residuals of least squares.
    rows = list(CELLS.values())
    design = np.kron(np.eye(len(rows)), np.ones((3, 1)))
    values = np.concatenate([RUNS[row] for row in rows])
    means, residual, *_ = np.linalg.lstsq(design, values, rcond=None)
    variance = residual[0] / (len(values) - len(rows))
    weights = np.array([-1 / 3] * 3 + [1 / 3] * 3)
    error = np.sqrt(variance * weights @ np.linalg.inv(design.T @ design) @ weights)
    [main, *_] = found()
    assert main.difference == pytest.approx(weights @ means)
    from scipy import stats

    half = stats.t.ppf(0.975, len(values) - len(rows)) * error
    assert (main.low, main.high) == pytest.approx((main.difference - half, main.difference + half))


def test_a_grid_with_a_cell_missing_has_no_effects():
    assert found({**RUNS, "gelu_fast": []}) == []


def test_single_runs_have_effects_without_intervals():
    [main, *_] = found({row: values[:1] for row, values in RUNS.items()})
    assert (main.low, main.p) == (None, None)
    assert main.difference is not None
