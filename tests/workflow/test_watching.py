"""`ablate status --live` beside a build, in a terminal of its own."""

import os
import pty
import re
import signal
import subprocess
import sys
import time

import ministudy
import pytest

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def building(mini, tmp_path):
    """A project whose build trains for minutes."""
    project = ministudy.unbuilt(mini.project, tmp_path / "project")
    project.edit("config.yaml", "epochs: 12", "epochs: 2000")
    build = subprocess.Popen(
        ministudy.COMMAND,
        cwd=project.root,
        env=ministudy.ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield project
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()


def test_the_live_view_shows_a_build_and_ends_with_ctrl_c(building):
    ours, theirs = pty.openpty()
    environment = {**ministudy.ENVIRONMENT, "PYTHONPATH": str(building.root / "workflow")}
    live = subprocess.Popen(
        [sys.executable, "-m", "ablate.cli", "status", "--live"],
        cwd=building.root,
        env={**environment, "TERM": "xterm", "COLUMNS": "160", "LINES": "40"},
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        # What ignores Ctrl-C itself, such as nohup, would hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(theirs)
    try:
        said = read_until(ours, r"with_bn/vgg_a, seed 0.* of 2000 done +│ +[\d,]+ +│ +\d+")
        assert "being built by process" in said
        live.send_signal(signal.SIGINT)
        assert live.wait(20) == 0
        assert "Traceback" not in said + read(ours)
    finally:
        live.kill()
        os.close(ours)


def read_until(terminal: int, pattern: str, seconds: float = 90) -> str:
    said, until = "", time.monotonic() + seconds
    while not re.search(pattern, said):
        assert time.monotonic() < until, said[-3000:]
        said += read(terminal)
    return said


def read(terminal: int) -> str:
    try:
        return CONTROL.sub("", os.read(terminal, 65536).decode(errors="replace"))
    except OSError:
        return ""
