"""The checked-in vocabulary is torch's own."""

import json

import pytest
import torch
from torchvision.transforms import v2

from ablate.generate.vocabulary import vocabulary as read_off_torch
from ablate.settings.augmentation import Augmentation, module_name
from ablate.settings.model import NETWORKS
from ablate.settings.named import vocabulary


def test_vocabulary_is_in_step_with_torch():
    # Through JSON, as the checked-in file has been: tuples become lists.
    assert json.loads(json.dumps(read_off_torch())) == vocabulary()


@pytest.mark.parametrize("name", vocabulary()["activation"])
def test_every_activation_is_elementwise_with_its_defaults(name):
    inputs = torch.linspace(-2, 2, 6).reshape(2, 3)
    assert getattr(torch.nn, name)()(inputs).shape == inputs.shape


@pytest.mark.parametrize("name", Augmentation.model_fields)
def test_transforms_take_torchvisions_arguments(name):
    import inspect

    settings = Augmentation.model_fields[name].annotation.__args__[0]
    arguments = set(inspect.signature(getattr(v2, name)).parameters)
    assert set(settings.model_fields) <= arguments


def test_module_names_of_transforms():
    assert module_name("RandomHorizontalFlip") == "random_horizontal_flip"


def test_resnets_are_torchvisions():
    import torchvision.models

    for name in NETWORKS:
        if name.startswith("resnet"):
            assert hasattr(torchvision.models, name)
