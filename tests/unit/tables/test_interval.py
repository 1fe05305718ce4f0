"""Intervals of differences: against scipy.stats, and by their coverage."""

import math

import numpy as np
import pytest
from scipy import stats

from ablate.tables.interval import Sample, interval

NOISE = {"sd": 1.0, "df": 4}


def of(values) -> Sample:
    sd = np.std(values, ddof=1) if len(values) > 1 else math.nan
    return Sample(len(values), float(np.mean(values)), float(sd))


def test_welch_is_scipys():
    rng = np.random.default_rng(0)
    for n, m in ((2, 2), (2, 5), (7, 3)):
        a, b = rng.normal(80, 1, n), rng.normal(75, 4, m)
        expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
        assert interval(of(a), of(b), NOISE) == pytest.approx((expected.low, expected.high))


def test_single_runs_take_the_assumed_noise():
    half = stats.t.ppf(0.975, 4) * math.sqrt(2)
    assert interval(of([81.0]), of([80.0]), NOISE) == pytest.approx((1 - half, 1 + half))
    # The definitions' own figure: a difference between single runs needs 3.9 points.
    assert half == pytest.approx(3.93, abs=0.01)


def test_a_single_run_against_several_takes_the_noise_of_both():
    half = stats.t.ppf(0.975, 4) * math.sqrt(1 + 1 / 3)
    found = interval(of([81.0]), of([80.0, 80.5, 79.5]), NOISE)
    assert found == pytest.approx((1 - half, 1 + half))


def test_no_interval_without_a_run_or_without_noise():
    nothing = Sample(0, math.nan, math.nan)
    for found in (
        interval(of([80.0]), of([81.0]), None),
        interval(nothing, of([80.0]), NOISE),
        interval(of([80.0]), of([81.0, 82.0]), None),
    ):
        assert np.isnan(found).all()


def test_runs_that_do_not_scatter_decide_by_their_difference():
    assert interval(of([10.0, 10.0]), of([80.0, 80.0]), NOISE) == (-70, -70)
    low, high = interval(of([10.0, 10.0]), of([80.0, 81.0]), NOISE)
    expected = stats.t.ppf(0.975, 1) * np.std([80, 81], ddof=1) / math.sqrt(2)
    assert (high - low) / 2 == pytest.approx(expected)


def _share_covered(rng, n, m, sd_a, sd_b, noise=None, runs=3000) -> float:
    """How often the interval holds the true difference of 2."""
    covered = 0
    for _ in range(runs):
        low, high = interval(of(rng.normal(2, sd_a, n)), of(rng.normal(0, sd_b, m)), noise)
        covered += low <= 2 <= high
    return covered / runs


@pytest.mark.parametrize(("n", "m", "sd_a", "sd_b"), [(5, 5, 1, 1), (3, 6, 2, 1), (10, 4, 1, 3)])
def test_welch_covers_the_truth_as_often_as_it_says(n, m, sd_a, sd_b):
    share = _share_covered(np.random.default_rng(1), n, m, sd_a, sd_b)
    # Welch is an approximation: a little liberal where the smallest group scatters most.
    assert 0.92 < share < 0.975


def test_the_noise_interval_covers_where_the_noise_was_estimated_from_five_repeats():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(3000):
        noise = {"sd": float(rng.normal(80, 1.7, 5).std(ddof=1)), "df": 4}
        low, high = interval(of(rng.normal(2, 1.7, 1)), of(rng.normal(0, 1.7, 1)), noise)
        covered += low <= 2 <= high
    assert covered / 3000 == pytest.approx(0.95, abs=0.013)
