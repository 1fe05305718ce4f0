"""One process at a time builds a results tree."""

import errno
import fcntl
import json
import os
import sys

import pytest

from ablate.errors import AblateError
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
    held.close()
    again, waited = building.alone(results, patient=False)
    assert not waited
    again.close()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_lock_that_names_nobody_still_holds(results, content):
    results.lock.parent.mkdir(parents=True)
    with results.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(content)
        held.flush()
        with pytest.raises(AblateError, match="is being built by another process; wait"):
            building.alone(results, patient=False)


def test_jobs_do_not_inherit_the_lock(results):
    held, _ = building.alone(results)
    assert not os.get_inheritable(held.fileno())
    held.close()


def test_a_file_system_without_locks_is_said_and_no_hindrance(results, monkeypatch, capsys):
    def unsupported(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    held, waited = building.alone(results)
    held.close()
    assert not waited
    said = capsys.readouterr().err
    assert "lock cannot be locked (No locks available): see to it that one Snakemake" in said
