"""A training whose Snakemake is gone, and the one that comes after it."""

import contextlib
import json

import pytest
import torch
from tiny_training import arguments, request

from ablate.steps import train as step
from ablate.training import lock, run
from ablate.training.interruption import Interruption

ASKED = request(save_every_seconds=0)


@pytest.fixture
def gone(monkeypatch):
    """A list that, once it holds something, makes this process an orphan."""
    reasons = []
    monkeypatch.setattr(Interruption, "orphaned", lambda self: bool(reasons))
    return reasons


def weights(folder):
    return torch.load(folder / "run/checkpoint.pt", weights_only=True)["weights"]


def test_one_orphaned_while_it_writes_keeps_its_state_for_the_next(tmp_path, monkeypatch, gone):
    write = run.Job.write

    def orphaned(*arguments):
        gone.append("killed")
        write(*arguments)

    monkeypatch.setattr(run.Job, "write", orphaned)
    assert step.main(arguments(tmp_path, ASKED)) == 0
    before = weights(tmp_path)
    assert list((tmp_path / "state").glob("*.state"))

    # The next one's Snakemake has cleared the outputs.
    (tmp_path / "run/checkpoint.pt").unlink()
    monkeypatch.setattr(run.Job, "write", write)
    gone.clear()
    assert step.main(arguments(tmp_path, ASKED)) == 0
    assert json.loads((tmp_path / "run/training.json").read_text())["resumed"] == 1
    after = weights(tmp_path)
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert not (tmp_path / "state").exists()


def test_an_orphan_that_still_trains_writes_no_outputs(tmp_path, capsys, gone):
    gone.append("killed")
    assert step.main(arguments(tmp_path, ASKED)) == 143
    assert "the Snakemake that started this training is gone" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    assert list((tmp_path / "state").glob("*.state"))


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
    assert "has trained this very run" in capsys.readouterr().err
    assert (tmp_path / "run/training.json").read_bytes() == record
    assert not (tmp_path / "state").exists()
