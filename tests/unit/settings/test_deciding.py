"""What training asks of the settings beyond their values.

What these give decides a training's bits, and stands in no digest: neither in the settings that a
record holds nor in its digest of code, which leaves `ablate.settings` out. Whoever means to change
it raises `Record.VERSION` (ablate.runs.record), or runs that were made otherwise pass for current.
"""

import ast
from functools import cached_property
from inspect import getmembers, isclass, isfunction
from pathlib import Path

import pytest
from tiny_training import VGG, settings

from ablate.settings import augmentation, model, named, own, run
from ablate.settings.augmentation import Augmentation, Crop, module_name

LIBRARY = Path(__file__).parents[3] / "workflow" / "ablate"
OPTIONS = {
    "loss": {"name": "CrossEntropyLoss", "label_smoothing": 0.1},
    "decay_norm_and_bias": False,
    "warmup_epochs": 1.0,
    "clip_grad_norm": 1.0,
    "ema_decay": 0.9,
    "test_time_flip": True,
}
# What trains calls these of the settings, and no others.
ASKED = {"options", "own", "probabilities", "lr", "shape", "transforms", "family"}
# These only refuse.
REFUSING = {"fault", "last_batch_needs_two"}


@pytest.fixture(autouse=True)
def _any_name_of_ones_own():
    own.use(None)


@pytest.mark.parametrize(
    ("size", "image", "shape"),
    [
        ("image", (32, 48), (32, 48)),
        (24, (32, 48), (24, 24)),
        ([24, 28], (32, 48), (24, 28)),
    ],
)
@pytest.mark.parametrize("padding", [0, 4])
def test_a_crop_is_as_large_as_it_says_whatever_it_pads(size, padding, image, shape):
    assert Crop(size=size, padding=padding).shape(image) == shape


def test_options_act_in_one_order():
    assert settings().options == []
    backwards = dict(reversed(OPTIONS.items()))
    assert settings(**backwards).options == [
        *("loss", "decay_norm_and_bias", "warmup_epochs"),
        *("clip_grad_norm", "ema_decay", "test_time_flip"),
    ]


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_acts_where_it_is_set_to_anything_but_its_default(option):
    assert settings(**{option: OPTIONS[option]}).options == [option]
    assert settings(**{option: run.Run.model_fields[option].default}).options == []


@pytest.mark.parametrize(
    ("network", "gives"),
    [
        (VGG, False),
        ({**VGG, "softmax": True}, True),
        ({"name": "resnet18"}, False),
        ({"name": "resnet18", "softmax": True}, True),
        ({"name": "mobilenet_v3_small"}, False),
        ({"name": "mine.Network"}, False),
    ],
)
@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "MultiMarginLoss", "mine.loss"])
def test_outputs_are_probabilities_behind_a_softmax_whatever_the_loss(network, loss, gives):
    assert settings(model=network, loss=loss).probabilities is gives


def test_transforms_come_in_one_order_and_ones_own_as_they_are_written():
    written = {"mine.b": {}, "mine.a": {}, "CutMix": {}, "RandomCrop": {"size": 4}}
    assert [*Augmentation.model_validate(written).transforms] == [
        *("RandomCrop", "CutMix", "mine.b", "mine.a"),
    ]
    assert [module_name(name) for name in ("RandomCrop", "MixUp")] == ["random_crop", "mix_up"]


def test_the_rate_is_the_optimizers():
    assert settings(optimizer={"name": "Adam", "lr": 0.25}).optimizer.lr == 0.25


def test_the_module_that_builds_a_network_is_its_familys():
    names = ("resnet18", "vgg_a", "mobilenet_v3_small", "mine.Network")
    found = [settings(model={"name": name}).model.family for name in names]
    assert found == ["resnet", "vgg", "torchvision", "own"]


def sources():
    """What computes, as syntax trees."""
    for room in ("training", "augmentation", "models", "observers"):
        for file in (LIBRARY / room).rglob("*.py"):
            yield ast.parse(file.read_text())


def computed(cls) -> set[str]:
    """The methods and properties of a class of settings, written in this library."""
    kinds = (property, cached_property)
    return {n for n, v in vars(cls).items() if isfunction(v) or isinstance(v, kinds)}


def test_training_asks_nothing_else():
    classes = [
        cls
        for module in (run, model, augmentation, named)
        for _, cls in getmembers(module, isclass)
        if cls.__module__ == module.__name__
    ]
    fields = {field for cls in classes for field in getattr(cls, "model_fields", {})}
    found = {name for cls in classes for name in computed(cls) if name[0] != "_"} - fields
    read = {n.attr for tree in sources() for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert found & read == ASKED | REFUSING
    functions = {
        alias.name
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ablate.settings")
        for alias in node.names
        if alias.name[0].islower()
    }
    assert functions == {"module_name"}
