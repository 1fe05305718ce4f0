"""One process at a time builds a results tree."""

import fcntl
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ablate import locks
from ablate.errors import AblateError
from ablate.locks import Lock
from ablate.paths import Results
from ablate.planning import building


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / "results")


def test_the_lock_names_its_holder_and_falls_with_it(results, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/bin/snakemake", "--cores", "2", "a table.csv"])
    held, waited = building.alone(results)
    assert not waited
    signed = json.loads(results.lock.read_text())
    assert signed["process"] == os.getpid()
    with pytest.raises(AblateError, match=rf"process {os.getpid()} on .*'a table.csv'\); wait"):
        building.alone(results, patient=False)
    held.release()
    again, waited = building.alone(results, patient=False)
    assert not waited
    again.release()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_lock_that_names_nobody_still_holds(results, content):
    results.lock.parent.mkdir(parents=True)
    with results.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(content)
        held.flush()
        with pytest.raises(AblateError, match="is being built by another process; wait"):
            building.alone(results, patient=False)


def test_results_behind_a_link_to_nowhere_are_one_message(results, tmp_path):
    results.root.symlink_to(tmp_path / "unmounted" / "results")
    with pytest.raises(AblateError, match=r"results is a link to .*/unmounted/results, which is"):
        building.alone(results)
    assert not (tmp_path / "unmounted").exists()


def test_results_in_the_place_of_a_file_are_one_message(results):
    results.root.write_text("")
    with pytest.raises(AblateError, match="state/lock could not be written: Not a directory"):
        building.alone(results)


def test_jobs_do_not_inherit_the_lock(results):
    held, _ = building.alone(results)
    job = subprocess.Popen(["sleep", "60"], close_fds=False)
    held.release()
    try:
        building.alone(results, patient=False)[0].release()
    finally:
        job.kill()
        job.wait()


def test_half_a_saved_state_goes_unless_its_training_is_still_at_work(results):
    state, other = results.state("resnet18", 0), results.state("resnet18", 1)
    for folder in (state, other):
        folder.mkdir(parents=True)
        (folder / ".draft-a1b2c3.state").write_text("half of a sta")
        (folder / "a1b2c3.state").write_text("whole")
    with Lock(other / locks.NAME):
        building.clear(nothing_planned(results), staleness=None)
    assert [path.name for path in state.iterdir()] == ["a1b2c3.state"]
    assert (other / ".draft-a1b2c3.state").exists()


def test_what_an_orphan_is_writing_stays(results):
    # It finishes its outputs, and they are used.
    drafts = [
        results.run("resnet18", seed) / folder / ".draft-checkpoint-a1b2c3.pt"
        for seed in (0, 1)
        for folder in ("", "tensorboard")
    ]
    for draft in drafts:
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text("half of it")
    results.state("resnet18", 1).mkdir(parents=True)
    with Lock(results.state("resnet18", 1) / locks.NAME):
        building.clear(nothing_planned(results), staleness=None)
    assert [draft for draft in drafts if draft.exists()] == drafts[2:]


def nothing_planned(results):
    return SimpleNamespace(results=results, trainings=list)
