"""What a run is called follows from its settings alone, and never changes once released."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.planning.plan import Plan
from ablate.settings import Run, differing, written

ROOT = Path(__file__).parents[3]

# The names of the report's runs as released. They may grow in number; none may ever change, or
# finished results would be looked for under another name.
RELEASED = Path(__file__).with_name("released_names.txt").read_text().split()


@pytest.fixture(scope="module")
def config():
    return written.read(ROOT / "config.yaml")


def run(**settings) -> Run:
    return Run.model_validate({"model": {"name": "resnet34"}, **settings})


def test_released_names_stay(config):
    assert list(Plan(config).runs) == RELEASED


def test_names_are_safe_for_remote_executors(config):
    for preset in ("paper", "quick", "demo"):
        for name in Plan({**config, "preset": preset}).runs:
            assert re.fullmatch(r"[A-Za-z0-9._=+-]+", name)
            assert len(name) < 120


def test_titles_reported_numbers_and_recipe_names_are_no_part_of_a_run(config):
    before = set(Plan(config).runs)
    for study in config["studies"].values():
        study["title"] = "another"
        for row in study.get("rows", {}).values():
            row["reported"] = 12.0
    config["recipes"]["renamed"] = config["recipes"].pop("resnet34")
    for place in (*config["studies"].values(), *config["recipes"].values()):
        if place.get("recipe") == "resnet34":
            place["recipe"] = "renamed"
    config["figures"]["weight_distribution"]["runs"]["no weight decay"]["recipe"] = "renamed"
    assert set(Plan(config).runs) == before


def test_equal_settings_are_one_run_however_they_are_spelled():
    plain = run(model={"name": "resnet34", "activation": "ELU"})
    spelled = run(model={"name": "resnet34", "activation": {"name": "ELU", "alpha": 1}})
    assert plain == spelled
    assert plain.name == spelled.name


def test_order_of_keys_does_not_matter():
    crop, erasing = {"size": 32}, {"p": 0.2, "value": 1}
    one = run(augmentation={"RandomCrop": crop, "RandomErasing": erasing})
    other = run(augmentation={"RandomErasing": {"value": 1, "p": 0.2}, "RandomCrop": crop})
    assert one.name == other.name


def test_a_name_shows_how_images_are_cropped():
    sizes = ({"size": 32}, {"size": 32, "padding": 4}, {"size": "image", "padding": 4})
    names = [run(augmentation={"RandomCrop": size}).name for size in sizes]
    assert [name.rpartition("-")[0] for name in names] == [
        "resnet34-RandomCrop+32",
        "resnet34-RandomCrop+32+4",
        "resnet34-RandomCrop+image+4",
    ]


def test_torchvisions_own_default_of_padding_is_no_padding():
    without = [{"size": 32}, {"size": 32, "padding": 0}, {"size": 32, "padding": None}]
    assert len({run(augmentation={"RandomCrop": crop}).name for crop in without}) == 1


def test_an_optimizer_that_leaves_out_what_the_default_states_is_another_run():
    decayed = run(optimizer={"name": "Adam", "lr": 0.1, "weight_decay": 1e-5})
    bare = run(optimizer={"name": "Adam", "lr": 0.1})
    assert decayed.name != bare.name


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "batch_size": st.integers(1, 999),
        "epochs": st.integers(1, 400),
        "holdout": st.floats(0, 0.5),
        "optimizer": st.fixed_dictionaries(
            {"name": st.sampled_from(["SGD", "Adam", "RMSprop"]), "lr": st.floats(1e-5, 1)},
            optional={"weight_decay": st.floats(0, 0.1)},
        ),
        "schedule": st.none() | st.just({"name": "ExponentialLR", "gamma": 0.9}),
    },
)


@given(SETTINGS, SETTINGS)
def test_two_runs_share_a_name_only_if_they_are_one(one, other):
    first, second = run(**one), run(**other)
    assert (first.name == second.name) == (first == second)


@given(SETTINGS)
def test_resolved_settings_describe_the_same_run(settings):
    assert Run.model_validate(run(**settings).resolved()) == run(**settings)


def test_differences_count_settings_not_keys():
    default = run()
    adam = run(optimizer={"name": "Adam", "lr": 0.1, "weight_decay": 1e-5})
    rmsprop = run(optimizer={"name": "RMSprop", "lr": 0.01, "weight_decay": 1e-5})
    assert differing(adam, default) == ["optimizer"]
    assert differing(rmsprop, default) == ["optimizer", "optimizer.lr"]
    assert differing(run(schedule=None), default) == ["schedule"]
    elu = run(model={"name": "resnet34", "activation": "ELU"})
    assert differing(elu, default) == ["model.activation"]
