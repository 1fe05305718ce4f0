"""What a preset does to every run, and to the runs of one study."""

from pathlib import Path

import pytest

from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.settings import written

CONFIG = Path(__file__).parents[3] / "config.yaml"


@pytest.fixture
def config(tmp_path):
    """config.yaml, at a preset that asks for fp32 in one study."""
    config = written.read(CONFIG) | {"results": str(tmp_path), "preset": "half"}
    config["presets"]["half"] = {"width": 0.5, "precision": {"depth": "fp32"}}
    return config


def precisions(config, study: str) -> set[str]:
    rows = Plan(config).studies[study].rows.values()
    return {row.training.run.precision for row in rows}


def test_a_preset_gives_all_rows_of_a_study_one_precision(config):
    assert precisions(config, "depth") == {"fp32"}
    assert precisions(config, "architecture") == {"auto"}
    assert precisions(config | {"preset": "quick"}, "depth") == {"auto"}


def test_it_is_in_the_names_of_those_runs_and_sets_no_row_apart(config):
    study = Plan(config).studies["depth"]
    assert all("precision=fp32" in row.training.run.name for row in study.rows.values())
    assert study.rows["50"].differs_by == ["model.name"]


def test_what_the_study_says_itself_holds(config):
    config["studies"]["depth"]["set"] = {"precision": "bf16"}
    assert precisions(config, "depth") == {"bf16"}


def test_what_it_shrinks_too_far_is_named(config):
    config["studies"]["depth"]["rows"]["50"]["set"]["model.width"] = 0.0015
    said = r"^studies\.depth\.rows\.50: at preset half: model\.width: found 0\.00075, it should be"
    with pytest.raises(AblateError, match=said):
        Plan(config)
