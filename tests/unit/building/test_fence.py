import json
import re
from pathlib import Path

import pytest

from ablate.building import fence
from ablate.launch import client

PAGE = Path(__file__).parents[3] / "docs" / "cluster.md"

SIGNED = {
    "command": "snakemake",
    "token": "new",
    "process": 7,
    "host": "login",
    "since": "2024-05-01T10:00:00+00:00",
}


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "lock"
    path.write_text(json.dumps(SIGNED))
    return path


def test_a_job_of_the_newest_build_may_begin(lock, monkeypatch):
    monkeypatch.setenv(fence.VARIABLE, "new")
    assert fence.follower(lock) is None


def test_a_job_of_an_older_build_learns_which_one_followed(lock, monkeypatch):
    monkeypatch.setenv(fence.VARIABLE, "old")
    assert fence.follower(lock) == "process 7 on login since 2024-05-01T10:00:00+00:00"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"process": 7, "host": "x", "since": "y"}'])
def test_a_lock_that_tells_nothing_stops_nobody(lock, monkeypatch, text):
    monkeypatch.setenv(fence.VARIABLE, "old")
    lock.write_text(text)
    assert fence.follower(lock) is None
    lock.unlink()
    assert fence.follower(lock) is None


def test_who_belongs_to_no_build_is_never_stopped(lock, monkeypatch):
    monkeypatch.delenv(fence.VARIABLE, raising=False)
    assert fence.follower(lock) is None


def test_every_build_has_a_token_of_its_own(monkeypatch):
    monkeypatch.setenv(fence.VARIABLE, "before")
    first = fence.begin()
    assert first == fence.token() != fence.begin()


def test_the_page_names_what_reaches_the_rules_of_an_importer():
    [sentence] = re.findall(r"Of ablate's environment two [^.]*\.", PAGE.read_text())
    assert re.findall(r"`(\w+)`", sentence) == [fence.VARIABLE, client.PLACE]
