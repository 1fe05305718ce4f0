"""The checked-in JSON schema says what the settings say."""

import json
from pathlib import Path

import jsonschema
import pytest

from ablate.generate import config_schema
from ablate.settings import written

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def editor():
    """What an editor checks with."""
    checked_in = json.loads(config_schema.PATH.read_text())
    jsonschema.Draft202012Validator.check_schema(checked_in)
    return jsonschema.Draft202012Validator(checked_in)


def study(**keys):
    return {"studies": {"mine": {"title": "Mine", "recipe": "resnet34", **keys}}}


def row(delta):
    return study(rows={"one": {"set": delta}})


def test_the_checked_in_schema_is_in_step_with_the_settings():
    assert config_schema.PATH.read_text() == config_schema.text()


def test_config_yaml_names_its_schema_and_follows_it(editor):
    config = ROOT / "config.yaml"
    first = config.read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=workflow/schemas/config.schema.json"
    assert (ROOT / first.partition("schema=")[2]).samefile(config_schema.PATH)
    assert [error.message for error in editor.iter_errors(written.read(config))] == []


@pytest.mark.parametrize(
    "config",
    [
        {"seeds": [0, "3-9"]},
        {"data": {"source": "folder", "path": "pets", "name": "pets", "resize": 32}},
        row({"model.activation": {"name": "CELU", "alpha": 0.5}, "optimizer.betas": [0.8, 0.9]}),
        row({"schedule": None, "augmentation.RandomErasing": {"scale": [0.1, 0.2]}}),
        study(grid={"optimizer.lr": [0.1, 1], "model.activation": {"e": "ELU", "r": "ReLU"}}),
        {"recipes": {"mine": {"recipe": "resnet34", "set": {"model.width": 2}}}},
    ],
)
def test_what_the_settings_take_is_not_marked(editor, config):
    assert [error.message for error in editor.iter_errors(config)] == []


@pytest.mark.parametrize(
    "config",
    [
        {"sedes": [0]},
        {"seeds": []},
        {"seeds": ["0 - 9"]},
        {"data": {"source": "folder", "path": "pets"}},
        {"data": {"source": "synthetic", "path": "pets"}},
        {"recipes": {"mine": {"recipe": "resnet34", "sett": {}}}},
        {"recipes": {"mine": {"model": {"name": "resnet35"}}}},
        study(grid={"lr": [0.1]}),
        study(grid={"optimizer.lr": []}),
        study(grid={"optimizer.lr": ["1e-3"]}),
        row({"model.widht": 1}),
        row({"model.activation": "ELUU"}),
        row({"optimizer": {"name": "SGD", "rho": 0.1}}),
        row({"schedule": "StepLR"}),
        row({"augmentation.RandomCrop": {"sizes": 32}}),
        row({"epochs": 0}),
    ],
)
def test_what_the_settings_refuse_is_marked(editor, config):
    assert not editor.is_valid(config)


def test_every_setting_completes_by_its_path(editor):
    paths = set(editor.schema["$defs"]["Delta"]["properties"])
    assert {
        "model.name",
        "model.batch_norm",
        "model.activation",
        "optimizer.lr",
        "schedule.milestones",
        "augmentation.RandomCrop.padding",
        "normalize.std",
        "batch_size",
    } <= paths
    assert paths == set(editor.schema["$defs"]["Study"]["properties"]["grid"]["properties"])
