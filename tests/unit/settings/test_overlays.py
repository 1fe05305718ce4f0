"""Layers of a config: what an overlay changes, and what it leaves of those below it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from ablate.settings import data, layers
from ablate.settings.message import sentence

FOLDER = {"source": "folder", "name": "mine", "path": "/mine"}


def test_mappings_are_merged_lists_replaced_and_the_layers_left_as_they_are():
    shared = {"path": "a"}
    below = {"data": shared, "other": shared, "seeds": [0, 1]}
    over = {"data": {"path": "b", "holdout": None}, "seeds": [2]}
    found = layers.laid(below, over)
    assert found == {
        "data": {"path": "b", "holdout": None},
        "other": {"path": "a"},
        "seeds": [2],
    }
    assert shared == {"path": "a"}


def of(*written: dict) -> dict:
    """What becomes of the key `data`, layer by layer."""
    return layers.laid(*({"data": each} for each in written))["data"]


@pytest.mark.parametrize(
    ("below", "over", "left"),
    [
        ({}, FOLDER, {}),
        ({"source": "cifar10", "path": "data"}, FOLDER, {}),
        ({"path": "data", "train_images": 50}, FOLDER, {"train_images": 50}),
        ({"source": "cifar10", "path": "d"}, {"source": "cifar100"}, {"path": "d"}),
        ({"source": "mnist", "size": 32}, {"source": "fashion_mnist"}, {"size": 32}),
        ({"source": "mnist", "size": 32, "path": "d"}, {"source": "cifar10"}, {"path": "d"}),
        (
            {"source": "synthetic", "train": 512, "test": 200, "seed": 0, "holdout": 0.1},
            FOLDER,
            {"holdout": 0.1},
        ),
        ({**FOLDER, "resize": 32, "test_images": 9}, {"source": "synthetic"}, {}),
        (
            {**FOLDER, "resize": 32, "test_images": 9},
            {"source": "my.data", "name": "b"},
            {"test_images": 9},
        ),
        (
            {"source": "my.data", "name": "a", "arguments": {"n": 1}, "train_images": 7},
            {"source": "my.others", "name": "b"},
            {"train_images": 7},
        ),
    ],
)
def test_another_source_keeps_of_the_former_what_holds_for_both(below, over, left):
    assert of(below, over) == {**left, **over}


def test_one_of_several_layers_may_say_more_of_the_source_below_it():
    assert of(FOLDER, {"source": "folder", "resize": 32}) == {**FOLDER, "resize": 32}
    # A name says nothing of CIFAR-10: it is of the source that a later layer names.
    assert of({"source": "cifar10"}, {"name": "b"}, FOLDER | {"name": "c"})["name"] == "c"
    named = of({"source": "cifar10"}, {"name": "mine"}, {"source": "folder", "path": "/mine"})
    assert named == FOLDER
    assert of(FOLDER, {"source": "cifar10"}, {"path": "d"}) == {"source": "cifar10", "path": "d"}


def test_a_presets_own_images_too():
    laptop = {"note": "Small", "data": {"source": "cifar10", "path": "d", "train_images": 5}}
    found = layers.laid(
        {"presets": {"laptop": laptop, "paper": None}, "data": {"path": "d"}},
        {"presets": {"laptop": {"data": FOLDER}, "paper": {"data": FOLDER}}},
    )
    assert found["presets"]["laptop"] == {"note": "Small", "data": {**FOLDER, "train_images": 5}}
    assert found["presets"]["paper"] == {"data": FOLDER}
    assert found["data"] == {"path": "d"}


@pytest.mark.parametrize("over", [{"source": "folder", "train": 5}, {**FOLDER, "seed": 0}])
def test_what_a_layer_says_beside_its_own_source_must_suit_that(over):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(data.Data).validate_python(of({"source": "synthetic", "train": 9}, over))
    assert f"unknown key {[*over][-1]!r}" in sentence(caught.value)


@pytest.mark.parametrize("wrong", [None, "cifar10", ["cifar10"], {"source": "cifra10", "path": 1}])
def test_what_is_wrong_stays_to_be_refused(wrong):
    assert layers.laid({"data": wrong}, {"data": FOLDER})["data"].items() >= FOLDER.items()
    assert layers.laid({"data": FOLDER, "presets": []}, {"data": wrong, "presets": {"a": 1}})
    assert of(FOLDER, {"source": "fodler"}) == {**FOLDER, "source": "fodler"}
