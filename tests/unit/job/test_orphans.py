"""A training whose Snakemake is gone, and the one that comes after it."""

import contextlib
import json
import shutil

import pytest
import torch
from tiny_training import arguments, request, state

from ablate.job import lock
from ablate.job.interruption import Interruption
from ablate.steps import train as step

ASKED = request(save_every_seconds=0)


@pytest.fixture
def gone(monkeypatch):
    """A list that, once it holds something, makes this process an orphan."""
    reasons = []
    monkeypatch.setattr(Interruption, "orphaned", lambda self: bool(reasons))
    return reasons


def weights(folder):
    return torch.load(folder / "run/checkpoint.pt", weights_only=True)["weights"]


def test_one_whose_outputs_are_cleared_after_all_goes_on_from_its_end(tmp_path):
    # As Snakemake does when a training is killed between its last file and the end of its process.
    assert step.main(arguments(tmp_path, ASKED)) == 0
    before = weights(tmp_path)
    shutil.rmtree(tmp_path / "run")
    assert step.main(arguments(tmp_path, ASKED)) == 0
    record = json.loads((tmp_path / "run/training.json").read_text())
    assert record["resumed"] == 1
    after = weights(tmp_path)
    assert all(torch.equal(after[name], before[name]) for name in before)


def test_an_orphan_that_still_trains_writes_no_outputs(tmp_path, capsys, gone):
    gone.append("killed")
    assert step.main(arguments(tmp_path, ASKED)) == 143
    assert "the Snakemake that started this training is gone" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    assert list(state(tmp_path).glob("*.state"))


def test_one_that_waited_takes_over_what_the_orphan_finished(tmp_path, monkeypatch, capsys):
    assert step.main(arguments(tmp_path, ASKED)) == 0
    record = (tmp_path / "run/training.json").read_bytes()
    held = lock.held

    @contextlib.contextmanager
    def after_waiting(folder):
        with held(folder):
            yield True

    monkeypatch.setattr(lock, "held", after_waiting)
    assert step.main(arguments(tmp_path, ASKED)) == 0
    assert "has finished this run" in capsys.readouterr().err
    assert (tmp_path / "run/training.json").read_bytes() == record
