"""Smoothing for the eye against the window's own median and mean."""

import numpy as np
import pytest

from ablate.measures.rolling import rolling


def around(values: np.ndarray, at: int, window: int) -> np.ndarray:
    return values[max(0, at - window // 2) : at + window // 2 + 1]


@pytest.mark.parametrize("kind", ["median", "mean"])
def test_a_run_that_diverges_leaves_its_other_steps_as_they_are(kind):
    # A sum that slides along, as pandas', carries the rounding of large values to all that follow.
    values = np.exp(np.random.default_rng(0).normal(0, 30, 300))
    values[20:23] = np.nan
    expected = [getattr(np, f"nan{kind}")(around(values, at, 7)) for at in range(len(values))]
    np.testing.assert_allclose(rolling(values, 7, kind), expected, rtol=1e-12)


def test_where_the_whole_window_is_missing_nothing_is_drawn():
    values = np.array([1.0, np.nan, np.nan, np.nan, 5.0])
    assert np.isnan(rolling(values, 3)).tolist() == [False, False, True, False, False]
    assert rolling(np.array([]), 3).tolist() == []
