"""What `ablate publish` makes of the place that it is to write to."""

import pytest
from fake_runs import write_run
from rich.console import Console

from ablate.commands import current, publish
from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.planning.staleness import Staleness

CONFIG = {
    "preset": "full",
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {"one": {"title": "One", "recipe": "tiny", "rows": {"only": {"control": True}}}},
}


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """A plan whose one run is said to be finished; its files are what a test makes of them."""
    made = Plan({**CONFIG, "results": str(tmp_path / "results")})
    (run,) = made.runs
    write_run(made.results.root, run)
    monkeypatch.setattr(current, "check", lambda plan: None)
    monkeypatch.setattr(Staleness, "finished", lambda self: [f"runs/{run}/seed0"])
    return made


def test_a_file_is_no_place_to_publish_to(plan, tmp_path):
    (tmp_path / "out").write_text("notes")
    with pytest.raises(AblateError, match="out is a file: name a folder"):
        publish.show(plan, tmp_path / "out", Console())
    assert (tmp_path / "out").read_text() == "notes"


def test_a_damaged_run_leaves_what_was_published_earlier(plan, tmp_path):
    earlier = tmp_path / "out" / "tables" / "one.csv"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("row,accuracy")
    # It lacks its step series.
    with pytest.raises(AblateError, match=r"steps\.npz"):
        publish.show(plan, tmp_path / "out", Console())
    assert earlier.read_text() == "row,accuracy"
