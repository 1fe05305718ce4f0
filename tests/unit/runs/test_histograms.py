"""The spread of the first layer's last weights, read back from a run's events."""

import numpy as np
import pytest
from fake_runs import vouch, write_run

from ablate.errors import AblateError
from ablate.runs import events, histograms

DRAWN = np.random.default_rng(0)
FIRST, LAST = DRAWN.normal(0, 1, 500), DRAWN.normal(0, 0.06, 4000)


def run(results, *weights):
    """A finished run with the events of as many epochs."""
    folder = write_run(results)
    history = [
        {"epoch": epoch, "step": 10 * epoch, "seconds": 1.0, "test_accuracy": 50.0}
        for epoch in range(1, len(weights) + 1)
    ]
    spread = [events.histogram(each) for each in weights]
    events.write(folder, "2024-01-01T00:00:00+00:00", history, spread, None, np.zeros(0, np.uint8))
    vouch(folder)
    return folder


def test_it_is_that_of_the_last_epoch(tmp_path):
    found = histograms.after_last_epoch(run(tmp_path, FIRST, LAST))
    assert found.counts.sum() == len(LAST)
    assert found.sd == pytest.approx(LAST.std())


def test_a_bucket_that_reaches_beyond_counts_in_proportion(tmp_path):
    found = histograms.after_last_epoch(run(tmp_path, LAST))
    share = 100 * (np.abs(LAST) <= 0.1).mean()
    assert found.within(0.1) == pytest.approx(share, abs=0.3)
    assert found.within(10) == 100


def test_equal_weights_lie_where_they_lie(tmp_path):
    found = histograms.after_last_epoch(run(tmp_path, np.full(10, 0.5)))
    assert (found.sd, found.within(0.4), found.within(0.6)) == (0, 0, 100)


def test_weights_that_are_not_finite_have_none(tmp_path):
    assert histograms.after_last_epoch(run(tmp_path, FIRST, np.array([np.nan]))) is None


def test_events_may_have_stayed_behind_but_not_have_changed(tmp_path):
    folder = run(tmp_path, LAST)
    path = folder / events.PATH
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(AblateError, match="edited or cut short"):
        histograms.after_last_epoch(folder)
    path.unlink()
    assert histograms.after_last_epoch(folder) is None
