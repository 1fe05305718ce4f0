"""What killed processes have left does not stay in a build's way."""

from types import SimpleNamespace

import pytest

from ablate import locks
from ablate.building import leftovers
from ablate.locks import Lock
from ablate.paths import Results


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / "results")


def test_half_a_saved_state_goes_unless_its_training_is_still_at_work(results):
    state, other = results.state("resnet18", 0), results.state("resnet18", 1)
    for folder in (state, other):
        folder.mkdir(parents=True)
        (folder / ".draft-a1b2c3.state").write_text("half of a sta")
        (folder / "a1b2c3.state").write_text("whole")
    with Lock(other / locks.NAME):
        leftovers.clear(nothing_planned(results), staleness=None)
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
        leftovers.clear(nothing_planned(results), staleness=None)
    assert [draft for draft in drafts if draft.exists()] == drafts[2:]


def nothing_planned(results):
    return SimpleNamespace(results=results, trainings=list)
