"""One process at a time builds a results tree."""

import fcntl
import json
import os
import subprocess
import sys

import pytest

from ablate.building import alone
from ablate.errors import AblateError
from ablate.paths import Results


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / "results")


def test_the_lock_names_its_holder_and_falls_with_it(results, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/bin/snakemake", "--cores", "2", "a table.csv"])
    held, waited = alone.awaited(results)
    assert not waited
    signed = json.loads(results.lock.read_text())
    assert signed["process"] == os.getpid()
    with pytest.raises(AblateError, match=rf"process {os.getpid()} on .*'a table.csv'\); wait"):
        alone.taken(results)
    held.release()
    alone.taken(results).release()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_lock_that_names_nobody_still_holds(results, content):
    results.lock.parent.mkdir(parents=True)
    with results.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(content)
        held.flush()
        with pytest.raises(AblateError, match="is being built by another process; wait"):
            alone.taken(results)


def test_results_behind_a_link_to_nowhere_are_one_message(results, tmp_path):
    results.root.symlink_to(tmp_path / "unmounted" / "results")
    with pytest.raises(AblateError, match=r"results is a link to .*/unmounted/results, which is"):
        alone.awaited(results)
    assert not (tmp_path / "unmounted").exists()


def test_results_in_the_place_of_a_file_are_one_message(results):
    results.root.write_text("")
    with pytest.raises(AblateError, match="state/lock could not be written: Not a directory"):
        alone.awaited(results)


def test_jobs_do_not_inherit_the_lock(results):
    held, _ = alone.awaited(results)
    job = subprocess.Popen(["sleep", "60"], close_fds=False)
    held.release()
    try:
        alone.taken(results).release()
    finally:
        job.kill()
        job.wait()
