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


def test_rows_that_a_preset_alone_makes_equal_may_stay(config):
    config["studies"]["depth"]["rows"]["60"] = {"set": {"epochs": 60}}
    config["presets"]["half"]["epochs"] = {"at_most": 3}
    rows = Plan(config).studies["depth"].rows
    assert rows["60"].training.run.epochs == rows["34"].training.run.epochs == 3


@pytest.mark.parametrize(
    ("of_preset", "holdout"),
    [
        (None, 0.1),
        ({"source": "synthetic"}, 0.1),
        ({"source": "synthetic", "holdout": 0.2}, 0.2),
        ({"source": "synthetic", "holdout": 0.0}, 0.0),
    ],
)
def test_what_is_held_out_holds_for_a_presets_own_images_unless_it_says_more(
    config, of_preset, holdout
):
    config["data"]["holdout"] = 0.1
    config["presets"]["half"]["data"] = of_preset
    plan = Plan(config)
    assert plan.data.holdout == holdout
    assert {planned.run.holdout for planned in plan.runs.values()} == {holdout}


def test_images_that_a_preset_has_others_for_are_said_to_be_unused(config):
    config["presets"]["half"]["data"] = {"source": "synthetic"}
    assert Plan(config).set_aside() is None
    config["data"] = {"source": "folder", "name": "pets", "path": "pets"}
    assert Plan(config).set_aside() == (
        "preset half has images of its own, synthetic: those of data, pets, are not used "
        "(docs/data.md)"
    )
    config["presets"]["half"]["data"] = None
    assert Plan(config).set_aside() is None
