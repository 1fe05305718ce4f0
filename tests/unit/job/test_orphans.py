"""A training whose Snakemake is gone, and the one that comes after it."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys

import pytest
import torch
from tiny_training import arguments, request, state

from ablate import locks
from ablate.building import attempts, fence
from ablate.job import lease, lock
from ablate.job.interruption import Interruption
from ablate.steps import train as step

ASKED = request(save_every_seconds=0)
# Holds the lock of a file.
HOLDS = """
import fcntl, sys, time
with open(sys.argv[1], "a") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    print(flush=True)
    time.sleep(300)
"""
WAITS = "from ablate.steps import train; import sys; sys.exit(train.main(sys.argv[1:]))"


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
    def after_waiting(folder, check):
        with held(folder, check):
            yield True

    monkeypatch.setattr(lock, "held", after_waiting)
    assert step.main(arguments(tmp_path, ASKED)) == 0
    assert "has finished this run" in capsys.readouterr().err
    assert (tmp_path / "run/training.json").read_bytes() == record


@pytest.fixture
def at_work(tmp_path):
    """Another process that trains the run, for minutes."""
    state(tmp_path).mkdir(parents=True)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, state(tmp_path) / locks.NAME],
        stdout=subprocess.PIPE,
    )
    holder.stdout.readline()
    yield holder
    holder.kill()
    holder.communicate()


def test_an_orphan_that_waits_for_the_run_waits_no_more(tmp_path, gone, at_work):
    gone.append("killed")
    assert step.main(arguments(tmp_path, ASKED)) == 143
    assert at_work.poll() is None


def test_an_orphan_that_waits_for_a_card_waits_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(lease.tempfile, "gettempdir", lambda: str(tmp_path))

    def gone():
        raise InterruptedError

    slot = locks.Lock(tmp_path / "slot")
    with slot, pytest.raises(InterruptedError):
        lease._free_slot({0: [locks.Lock(tmp_path / "slot")]}, gone)


def test_one_that_is_told_to_stop_while_it_waits_ends_in_order(tmp_path, at_work, monkeypatch):
    monkeypatch.setenv(fence.VARIABLE, "build")
    waiting = subprocess.Popen(
        [sys.executable, "-c", WAITS, *arguments(tmp_path, ASKED)],
        stderr=subprocess.PIPE,
        text=True,
    )
    while "waiting for it to end" not in waiting.stderr.readline():
        assert waiting.poll() is None
    waiting.send_signal(signal.SIGTERM)
    _, said = waiting.communicate(timeout=60)
    assert waiting.returncode == 143
    assert "interrupted; nothing was trained: asked to stop (SIGTERM)" in said
    # Else it would count as killed for its memory, and ask for twice as much.
    assert attempts.read(state(tmp_path)).silent == 0
