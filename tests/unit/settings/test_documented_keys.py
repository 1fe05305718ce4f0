"""docs/config.md describes every key that a config can have."""

import re
from pathlib import Path

import pytest
import yaml

from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import Run
from ablate.settings.augmentation import Augmentation
from ablate.settings.config import Config, Preset
from ablate.settings.model import OURS
from ablate.settings.named import vocabulary
from ablate.settings.observers import Observers
from ablate.settings.study import Row, Study

PAGE = (Path(__file__).parents[3] / "docs" / "config.md").read_text()
# `key`, `key: value`, or `{key: ...}` in a sentence or a table.
NAMED = set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
NETWORK = {f"model.{field}" for family in OURS for field in family.model_fields}


@pytest.mark.parametrize(
    "keys",
    [Config, Preset, Study, Row, Run, Augmentation, Observers],
    ids=lambda model: model.__name__,
)
def test_every_key_is_described(keys):
    # What a run is held out from is said of the data.
    assert set(keys.model_fields) - {"model", "holdout"} <= NAMED


def test_every_setting_of_a_network_is_described():
    assert NETWORK <= NAMED


def test_which_of_torchs_losses_and_activations_there_are_is_said():
    rows = {line.split("|")[1].strip(" `"): line for line in PAGE.splitlines() if line[:1] == "|"}
    assert all(f"`{loss}`" in rows["loss"] for loss in vocabulary()["loss"])
    assert f"one of {len(vocabulary()['activation'])} torch.nn" in rows["model.activation"]


def test_the_config_of_a_project_of_its_own_is_a_whole_one():
    _, section = PAGE.split("## A project of your own")
    config = yaml.safe_load(re.search(r"^```yaml\n(.*?)^```$", section, re.M | re.S)[1])
    for preset in config["presets"]:
        products = Products(Plan(config | {"preset": preset}))
        assert len(products.of_kind("runs")) == 6
        assert products.of_kind("report")
