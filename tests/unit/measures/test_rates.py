"""Measures over learning rates, against loops that follow the definitions word by word."""

import numpy as np
import pytest

from ablate.measures import rates
from ablate.measures.stepped import Band, Curve


@pytest.fixture
def runs():
    """Three runs of 12 steps; gradients kept at steps 4, 8 and 12."""
    drawn = np.random.default_rng(0)
    return [
        {
            "loss": drawn.random(12, dtype=np.float32),
            "gradient_difference": np.concatenate([[np.nan], drawn.random(11)]).astype(np.float32),
            "gradient_steps": np.array([4, 8, 12]),
            "gradients": drawn.standard_normal((3, 10, 5)).astype(np.float32),
        }
        for _ in range(3)
    ]


def test_the_loss_band_is_smallest_and_largest_at_each_step(runs):
    band = rates.loss_band(runs)
    assert band.steps.tolist() == list(range(1, 13))
    for t in range(12):
        values = [run["loss"][t] for run in runs]
        assert (band.low[t], band.high[t]) == (min(values), max(values))
    assert band.members == 3
    assert not band.missing.any()


def test_gradient_predictiveness_begins_at_step_2(runs):
    band = rates.gradient_predictiveness(runs)
    assert band.steps.tolist() == list(range(2, 13))
    assert band.low[0] == min(run["gradient_difference"][1] for run in runs)
    assert band.high[-1] == max(run["gradient_difference"][-1] for run in runs)
    assert not band.missing.any()


def test_reading_a_is_the_upper_edge_of_that_band(runs):
    band, curve = rates.gradient_predictiveness(runs), rates.beta_a(runs)
    assert isinstance(curve, Curve)
    np.testing.assert_array_equal(curve.value, band.high)
    np.testing.assert_array_equal(curve.steps, band.steps)


def test_reading_b_is_the_largest_distance_of_a_pair(runs):
    curve = rates.beta_b(runs)
    assert curve.steps.tolist() == [4, 8, 12]
    for t in range(3):
        distances = [
            np.sqrt(((a["gradients"][t].astype(float) - b["gradients"][t]) ** 2).sum())
            for a in runs
            for b in runs
        ]
        assert curve.value[t] == pytest.approx(max(distances), rel=1e-12)


def test_a_run_that_ended_early_counts_as_missing_from_there(runs):
    for key in ("loss", "gradient_difference"):
        runs[1][key] = runs[1][key][:7]
    runs[1]["gradient_steps"] = runs[1]["gradient_steps"][:1]
    runs[1]["gradients"] = runs[1]["gradients"][:1]
    loss, beta_b = rates.loss_band(runs), rates.beta_b(runs)
    assert loss.missing.tolist() == [0] * 7 + [1] * 5
    assert loss.low[8] == min(runs[0]["loss"][8], runs[2]["loss"][8])
    assert loss.complete().steps.tolist() == list(range(1, 8))
    assert beta_b.missing.tolist() == [0, 1, 1]
    two = rates.beta_b([runs[0], runs[2]])
    np.testing.assert_array_equal(beta_b.value[1:], two.value[1:])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_left_out_and_counted(runs, value):
    runs[0]["loss"][3] = value
    runs[0]["gradients"][1, 2, 3] = value
    loss, beta_b = rates.loss_band(runs), rates.beta_b(runs)
    assert loss.missing.tolist() == [0, 0, 0, 1] + [0] * 8
    assert loss.high[3] == max(runs[1]["loss"][3], runs[2]["loss"][3])
    assert beta_b.missing.tolist() == [0, 1, 0]
    assert np.isfinite(beta_b.value).all()


def test_where_no_run_is_left_there_is_no_value(runs):
    for run in runs:
        run["loss"][5:] = np.nan
    band = rates.loss_band(runs)
    assert isinstance(band, Band)
    assert np.isnan(band.low[5:]).all()
    assert np.isnan(band.high[5:]).all()
    assert band.missing[5:].tolist() == [3] * 7


def test_runs_too_short_for_a_kept_gradient_give_an_empty_curve(runs):
    for run in runs:
        run["gradient_steps"], run["gradients"] = run["gradient_steps"][:0], run["gradients"][:0]
    assert len(rates.beta_b(runs).steps) == 0
