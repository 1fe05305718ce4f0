"""A process that stands still does not train."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ablate.job import pauses

WORKFLOW = Path(__file__).parents[3] / "workflow"
# Works for a second by its own count, a look each 20 ms, and says how long its clock ran.
WORKS = """
import time
from types import SimpleNamespace
from ablate.job import pauses
from ablate.job.interruption import Interruption
interruption = Interruption()
training = SimpleNamespace(clock=time.monotonic())
with pauses.left_out(training, lambda: interruption.checked):
    print("at work", flush=True)
    for _ in range(50):
        time.sleep(0.02)
        interruption.check()
print(time.monotonic() - training.clock)
"""


def test_the_seconds_of_a_stopped_process_do_not_count():
    process = subprocess.Popen(
        [sys.executable, "-c", WORKS], cwd=WORKFLOW, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "at work\n"
    began = time.monotonic()
    for _ in range(2):
        process.send_signal(signal.SIGSTOP)
        time.sleep(2)
        process.send_signal(signal.SIGCONT)
        time.sleep(0.1)
    counted = float(process.stdout.readline())
    process.wait()
    whole = time.monotonic() - began
    assert whole > 4
    assert 0.5 < counted < whole - 3


@pytest.mark.parametrize("at_work", [0.0, 100.0])
def test_going_on_without_a_pause_takes_no_more_than_the_last_step(monkeypatch, at_work):
    now = [90.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    training = SimpleNamespace(clock=90.0)
    with pauses.left_out(training, lambda: at_work):
        for now[0] in (110.0, 120.0, 120.0):
            os.kill(os.getpid(), signal.SIGCONT)
    worked = max(at_work - 90.0, 0.0)
    assert now[0] - training.clock == worked
    assert signal.getsignal(signal.SIGCONT) == signal.SIG_DFL
