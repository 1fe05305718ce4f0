"""The kill test, in short; in full: `python tests/workflow/kill.py --moments 100`."""

import random

import kill
import ministudy
import pytest
from project import Project


@pytest.fixture(scope="module")
def count(tmp_path_factory, mini) -> tuple[kill.Count, Project]:
    """Nine moments: three kills of each kind."""
    folder = tmp_path_factory.mktemp("kill")
    counted = kill.tried(folder, 9, random.Random(7), mini)
    return counted, Project(folder / f"build{counted.builds - 1}")


def test_killed_at_any_moment_the_same_command_comes_to_the_same_bits(count):
    counted, _ = count
    assert counted.wrong == [], str(counted)
    assert counted.identical == counted.builds
    assert counted.moments == dict.fromkeys(kill.KINDS, 3)
    assert counted.during["train"]


def test_an_epoch_is_the_most_that_is_lost(count):
    counted, _ = count
    assert counted.resumed
    assert counted.most_steps_lost <= kill.STEPS_AN_EPOCH, str(counted)


def test_afterwards_nothing_is_left_to_do(count):
    _, project = count
    assert "Nothing to be done" in project.snakemake("-n", *ministudy.TARGETS).stdout
