"""Cutting, thinning, averaging and smoothing of what is measured at steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.measures.rolling import rolling
from ablate.measures.stepped import Band, Curve, mean


def curve(steps, values, missing=None, members=2):
    missing = np.zeros(len(steps), int) if missing is None else np.array(missing)
    return Curve(np.array(steps), missing, members, np.array(values, float))


def test_every_keeps_the_steps_that_the_stride_divides_and_the_last():
    band = Band(np.arange(2, 12), np.zeros(10, int), 5, np.arange(10.0), np.arange(10.0) + 1)
    kept = band.every(4)
    assert kept.steps.tolist() == [4, 8, 11]
    assert kept.low.tolist() == [2, 6, 9]
    assert kept.members == 5


@pytest.mark.parametrize(
    ("steps", "kept"),
    [
        ([250, 500, 750], [250, 500, 750]),
        ([30, 60, 90, 120], [30, 60, 120]),
        ([], []),
    ],
)
def test_every_keeps_sparse_steps_that_the_stride_does_not_divide(steps, kept):
    assert curve(steps, np.zeros(len(steps))).every(40).steps.tolist() == kept


def test_middle_and_width_of_a_band():
    band = Band(np.array([1]), np.zeros(1, int), 2, np.array([1.0]), np.array([4.0]))
    assert (band.middle[0], band.width[0]) == (2.5, 3.0)


def test_the_mean_over_seeds_is_taken_at_each_step_over_the_seeds_that_have_it():
    averaged = mean([curve([1, 2, 3], [1, 2, 3]), curve([1, 2], [3, np.nan], [0, 1])])
    assert averaged.steps.tolist() == [1, 2, 3]
    assert averaged.value.tolist() == [2, 2, 3]
    assert averaged.missing.tolist() == [0, 1, 2]
    assert averaged.members == 4


def test_the_mean_of_one_seed_is_itself():
    one = curve([2, 4], [1.5, np.nan], [0, 2])
    averaged = mean([one])
    np.testing.assert_array_equal(averaged.value, one.value)
    np.testing.assert_array_equal(averaged.missing, one.missing)


@pytest.mark.parametrize(("kind", "function"), [("median", np.nanmedian), ("mean", np.nanmean)])
@given(
    values=st.lists(st.floats(-1e3, 1e3) | st.just(float("nan")), min_size=1, max_size=30),
    half=st.integers(0, 6),
)
@pytest.mark.filterwarnings("ignore:All-NaN slice", "ignore:Mean of empty slice")
def test_rolling_against_a_loop_over_windows(kind, function, values, half):
    values = np.array(values)
    expected = [function(values[max(0, t - half) : t + half + 1]) for t in range(len(values))]
    np.testing.assert_allclose(rolling(values, 2 * half + 1, kind), expected, atol=1e-9)


def test_rolling_over_nothing_is_nothing():
    assert rolling(np.array([]), 5).shape == (0,)
