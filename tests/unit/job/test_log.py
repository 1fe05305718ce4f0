"""A training goes on where its log, on the disk that the results fill, takes no more."""

import errno
import io
import shutil
import sys

import pytest
from tiny_training import arguments, request, state

from ablate.building import fence
from ablate.errors import AblateError
from ablate.job import actions
from ablate.job.interruption import Interruption
from ablate.steps import train as step

ASKED = request(save_every_seconds=0)


class Full(io.StringIO):
    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full(monkeypatch):
    """Lets the log take nothing more, in a build."""
    monkeypatch.setenv(fence.VARIABLE, "this build")

    def fill():
        for stream in ("stdout", "stderr"):
            monkeypatch.setattr(sys, stream, Full())

    return fill


def unwritable(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def refused(path):
    raise AblateError(f"{path} could not be written: No space left on device")


def test_it_needs_neither_a_saved_state_nor_live_events_nor_a_word(tmp_path, monkeypatch, full):
    assert step.main(arguments(tmp_path, ASKED)) == 0
    shutil.rmtree(tmp_path / "run")
    (newest,) = state(tmp_path).glob("*.state")
    newest.write_bytes(b"cut short")
    monkeypatch.setattr(actions.LiveEvents, "every", 0)
    monkeypatch.setattr(actions.LiveEvents, "show", unwritable)
    monkeypatch.setattr("ablate.job.state.write_whole", refused)
    full()
    assert step.main(arguments(tmp_path, ASKED)) == 0
    assert (tmp_path / "run/training.json").exists()


def test_one_that_is_stopped_ends_in_order(tmp_path, monkeypatch, full):
    monkeypatch.setattr(Interruption, "orphaned", lambda self: True)
    full()
    assert step.main(arguments(tmp_path, ASKED)) == 143
