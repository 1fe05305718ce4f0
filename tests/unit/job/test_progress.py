"""How far a training is, by its log."""

import os
import time

import pytest

from ablate.job import progress

ROW = {"train_loss": 1.5, "train_accuracy": 40.0, "test_accuracy": 38.25}


def write(path, *seconds, epochs=10):
    rows = [{**ROW, "epoch": n, "seconds": each} for n, each in enumerate(seconds, 1)]
    lines = ["-- attempt 1, now, here", *(progress.line(row, epochs) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


def test_what_is_said_of_an_epoch_is_read_back(tmp_path):
    log = tmp_path / "seed0.log"
    write(log, 9.0, 2.0, 4.0, 3.0)
    os.utime(log, (time.time() - 1, time.time() - 1))
    found = progress.read(log)
    assert (found.epoch, found.epochs, found.seconds) == (4, 10, 3.0)
    # Six epochs of 3 s, one second of which has passed.
    assert found.left == pytest.approx(17, abs=0.5)


def test_before_the_first_epoch_nothing_is_known(tmp_path):
    assert progress.read(tmp_path / "none.log") is None
    write(tmp_path / "seed0.log")
    assert progress.read(tmp_path / "seed0.log") is None
    assert progress.last_line(tmp_path / "seed0.log") == "-- attempt 1, now, here"


def test_a_late_epoch_leaves_no_negative_time(tmp_path):
    write(tmp_path / "seed0.log", *[1.0] * 10)
    os.utime(tmp_path / "seed0.log", (0, 0))
    assert progress.read(tmp_path / "seed0.log").left == 0
