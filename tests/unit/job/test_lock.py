"""One process at a time trains a run, whatever becomes of the others."""

import fcntl
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hostile_disks import unwritable

from ablate import locks
from ablate.job import lock
from ablate.locks import Lock

WORKFLOW = Path(__file__).parents[3] / "workflow"
# Appends to a list what it does; holds the lock for the seconds it is told.
HOLDER = """
import shutil, sys, time
from ablate.job import lock
folder, name, seconds, removes = sys.argv[1:]
def say(what):
    with open(folder + ".said", "a") as file:
        file.write(f"{name} {what}\\n")
say("asks")
with lock.held(folder):
    say("enters")
    time.sleep(float(seconds))
    say("leaves")
    if removes == "removes":
        shutil.rmtree(folder)
"""


def holder(folder: Path, name: str, seconds: float = 0, removes: str = "keeps"):
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), name, str(seconds), removes], cwd=WORKFLOW
    )


def said(folder: Path) -> list[str]:
    file = Path(f"{folder}.said")
    return file.read_text().splitlines() if file.exists() else []


def wait_for(folder: Path, line: str, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while line not in said(folder):
        assert time.monotonic() < until, f"{line!r} was never said: {said(folder)}"
        time.sleep(0.02)


def together(lines: list[str]) -> list[str]:
    """The lines during which two were inside at once."""
    inside, found = set(), []
    for line in lines:
        name, what = line.split()
        if what == "enters":
            inside.add(name)
        if what == "leaves":
            inside.discard(name)
        if len(inside) > 1:
            found.append(line)
    return found


def test_one_that_waits_outlives_the_folder_that_the_other_removes(tmp_path):
    folder = tmp_path / "state"
    finishing = holder(folder, "finishing", 0.6, "removes")
    wait_for(folder, "finishing enters")
    # Those who wait remove it under one another in their turn.
    others = [holder(folder, f"other{i}", 0.2, "removes") for i in range(3)]
    assert [process.wait(timeout=30) for process in (finishing, *others)] == [0] * 4
    assert together(said(folder)) == []
    assert sum(line.endswith("leaves") for line in said(folder)) == 4


def lock_of(folder: Path) -> Lock:
    return Lock(folder / locks.NAME)


def test_a_killed_holder_holds_nothing(tmp_path):
    folder = tmp_path / "state"
    process = holder(folder, "killed", 60)
    wait_for(folder, "killed enters")
    assert lock_of(folder).is_held()
    assert lock_of(folder).holder()["process"] == process.pid
    process.kill()
    process.wait()
    assert not lock_of(folder).is_held()
    with lock.held(folder) as waited:
        assert not waited
        assert lock_of(folder).is_held()
        assert lock_of(folder).holder()["process"] == os.getpid()


def test_one_that_waits_says_for_whom_and_where_that_one_is(tmp_path, capfd):
    first = holder(tmp_path / "state", "first", 1)
    wait_for(tmp_path / "state", "first enters")
    with lock.held(tmp_path / "state") as waited:
        assert waited
    words = f"process {first.pid} on {socket.gethostname()} still trains this run; waiting"
    assert words in capfd.readouterr().err
    first.wait()


def test_a_folder_that_is_not_there_is_not_held(tmp_path):
    assert not lock_of(tmp_path / "none").is_held()
    assert lock_of(tmp_path / "none").holder() is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "{}", "123"])
def test_a_lock_that_names_nobody_can_still_be_had(tmp_path, content):
    (tmp_path / locks.NAME).write_text(content)
    assert lock_of(tmp_path).holder() is None
    with lock.held(tmp_path) as waited:
        assert not waited


def test_who_may_only_read_sees_whether_a_lock_is_held(tmp_path):
    with lock_of(tmp_path) as held, unwritable(tmp_path / locks.NAME):
        assert lock_of(tmp_path).is_held()
        held.release()
        assert not lock_of(tmp_path).is_held()


def test_two_who_look_at_once_do_not_take_each_other_for_holders(tmp_path):
    with (tmp_path / locks.NAME).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert not lock_of(tmp_path).is_held()
