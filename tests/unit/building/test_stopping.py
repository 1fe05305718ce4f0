"""A build that is told to stop does so within seconds, and so do its jobs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

WORKFLOW = Path(__file__).parents[3] / "workflow"
# As Snakemake when its handler waits for a lock that the main thread holds.
STUCK = """
import signal, subprocess, sys, threading, time
from ablate.building import stopping
lock = threading.Lock()
# Whatever the tests were started under: nohup ignores it.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGTERM, lambda *_: lock.acquire())
stopping.GRACE = 0.1
stopping.watch()
job = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
job.stdout.readline()
print(job.pid, flush=True)
with lock:
    time.sleep(60)
"""
# As a training that saves its state.
JOB = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), open("saved", "w").close(), sys.exit()))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_jobs_end_first_and_a_main_thread_that_is_stuck_does_not_matter(tmp_path, number):
    build = subprocess.Popen(
        [sys.executable, "-c", STUCK, JOB],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(WORKFLOW)},
        stdout=subprocess.PIPE,
        text=True,
    )
    job = int(build.stdout.readline())
    build.send_signal(number)
    assert build.wait(timeout=30) == 128 + number
    assert not psutil.pid_exists(job)
    assert (tmp_path / "saved").exists()


def test_who_ignores_a_lost_terminal_goes_on(tmp_path):
    script = (
        "import signal\n"
        "from ablate.building import stopping\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "stopping.watch()\n"
        "signal.raise_signal(signal.SIGHUP)\n"
        "print('goes on')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(WORKFLOW)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "goes on\n"
