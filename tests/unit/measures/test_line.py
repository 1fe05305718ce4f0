"""Measures along the gradient."""

import numpy as np
import pytest

from ablate.measures import line


@pytest.fixture
def run():
    """Two probed steps, three eta each."""
    return {
        "probe_steps": np.array([8, 16]),
        "probe_eta": np.array([[0.1, 0.2, 0.4], [0.1, 0.2, 0.4]]),
        "probe_loss": np.array([[2.0, 1.5, 3.0], [1.0, 1.2, 0.9]]),
        "probe_gradient_difference": np.array([[0.5, 2.0, 1.0], [0.3, 0.2, 0.1]]),
        "probe_gradient_norm": np.array([2.0, 0.5]),
    }


def test_ranges_are_over_eta(run):
    loss, gradient = line.loss_range(run), line.gradient_range(run)
    assert loss.steps.tolist() == gradient.steps.tolist() == [8, 16]
    assert (loss.low.tolist(), loss.high.tolist()) == ([1.5, 0.9], [3.0, 1.2])
    assert (gradient.low.tolist(), gradient.high.tolist()) == ([0.5, 0.1], [2.0, 0.3])


def test_beta_is_the_largest_change_of_the_gradient_by_the_way_gone(run):
    """Step 8: 0.5/0.2, 2/0.4, 1/0.8; step 16: 0.3/0.05, 0.2/0.1, 0.1/0.2."""
    assert line.beta(run).value.tolist() == pytest.approx([5.0, 6.0])


def test_an_eta_whose_loss_is_not_finite_is_left_out_and_counted(run):
    run["probe_loss"][0, 2] = np.inf
    run["probe_gradient_difference"][0, 2] = np.nan
    for measured in (line.loss_range(run), line.beta(run)):
        assert measured.missing.tolist() == [1, 0]
    assert line.loss_range(run).high[0] == 2.0
    assert line.beta(run).value[0] == pytest.approx(5.0)


def test_without_a_gradient_there_is_no_beta(run):
    run["probe_gradient_norm"][1] = 0
    run["probe_gradient_difference"][1] = 0
    beta = line.beta(run)
    assert np.isnan(beta.value[1])
    assert beta.missing.tolist() == [0, 1]
