"""Residual networks: torchvision's own, changed where the settings say and nowhere else."""

import pytest
import torch
import torchvision
from torch import nn

from ablate import models
from ablate.settings import Activation, ResNet

# Tests in parallel would otherwise fight for the cores.
torch.set_num_threads(1)

DEPTHS = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
EXPANSION = {"resnet18": 1, "resnet34": 1, "resnet50": 4, "resnet101": 4, "resnet152": 4}


def built(name="resnet18", classes=10, **changes):
    return models.build(ResNet(name=name, **changes), classes)


def outlined(name="resnet18", **changes):
    """The network's layers without memory for its weights."""
    with torch.device("meta"):
        return built(name, **changes)


def convolutions(network):
    return [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]


@pytest.mark.parametrize("name", DEPTHS)
def test_the_original_stem_gives_torchvisions_parameters(name):
    with torch.device("meta"):
        theirs = torchvision.models.get_model(name, num_classes=10)
    ours = outlined(name, stem_kernel=7, stem_stride=2)
    assert {key: value.shape for key, value in ours.state_dict().items()} == {
        key: value.shape for key, value in theirs.state_dict().items()
    }


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_equal_weights_give_torchvisions_outputs(name):
    torch.manual_seed(0)
    theirs = torchvision.models.get_model(name, num_classes=10)
    ours = built(name, stem_kernel=7, stem_stride=2)
    ours.load_state_dict(theirs.state_dict())
    images = torch.randn(2, 3, 32, 32)
    assert torch.equal(ours.eval()(images), theirs.eval()(images))


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (5, 2), (7, 2)])
def test_the_stem_keeps_the_edge(kernel, stride):
    stem = models.first_layer(outlined(stem_kernel=kernel, stem_stride=stride))
    maps = stem(torch.empty(1, 3, 32, 32, device="meta"))
    assert stem.kernel_size == (kernel, kernel)
    assert maps.shape == (1, 64, 32 // stride, 32 // stride)


def test_without_max_pool_the_stages_see_the_stems_maps():
    sizes = {}
    for pooled in (True, False):
        network = outlined(max_pool=pooled)
        network.layer1.register_forward_hook(
            lambda _, inputs, __, pooled=pooled: sizes.update({pooled: inputs[0].shape[-1]})
        )
        network(torch.empty(2, 3, 32, 32, device="meta"))
    assert sizes == {True: 16, False: 32}


@pytest.mark.parametrize("name", DEPTHS)
@pytest.mark.parametrize("width", [0.5, 2.0])
def test_width_scales_every_convolution(name, width):
    plain, scaled = convolutions(outlined(name)), convolutions(outlined(name, width=width))
    assert [layer.out_channels for layer in scaled] == [
        width * layer.out_channels for layer in plain
    ]
    assert [layer.in_channels for layer in scaled[1:]] == [
        width * layer.in_channels for layer in plain[1:]
    ]
    assert scaled[0].in_channels == 3


@pytest.mark.parametrize("name", DEPTHS)
@pytest.mark.parametrize("width", [0.001, 0.3, 1.0, 1.37])
def test_any_width_fits_together(name, width):
    network = outlined(name, width=width)
    assert network(torch.empty(2, 3, 32, 32, device="meta")).shape == (2, 10)
    features = max(1, round(512 * width)) * EXPANSION[name]
    assert models.last_linear(network).in_features == features


@pytest.mark.parametrize("name", DEPTHS)
def test_an_activation_takes_the_place_of_every_relu(name):
    plain, changed = outlined(name), outlined(name, activation=Activation(name="ELU"))
    relus = [path for path, layer in plain.named_modules() if isinstance(layer, nn.ReLU)]
    elus = {path: layer for path, layer in changed.named_modules() if isinstance(layer, nn.ELU)}
    assert list(elus) == relus
    assert len({id(layer) for layer in elus.values()}) == len(relus)
    assert not any(isinstance(layer, nn.ReLU) for layer in changed.modules())


@pytest.mark.parametrize(
    ("place", "kinds"),
    [
        ("before_bn", [nn.Linear, nn.Dropout, nn.BatchNorm1d, nn.ReLU, nn.Linear]),
        ("after_bn", [nn.Linear, nn.BatchNorm1d, nn.Dropout, nn.ReLU, nn.Linear]),
    ],
)
def test_dropout_stands_where_the_row_says(place, kinds):
    head = outlined(hidden=7, dropout=0.1, dropout_place=place).fc
    assert [type(layer) for layer in head] == kinds
    assert (head[0].in_features, head[0].out_features) == (512, 7)
    assert (head[-1].in_features, head[-1].out_features) == (7, 10)
    assert next(layer for layer in head if isinstance(layer, nn.Dropout)).p == 0.1


def test_the_hidden_layer_has_the_networks_activation_and_no_dropout_unless_asked():
    head = outlined(hidden=7, activation=Activation(name="SiLU")).fc
    assert [type(layer) for layer in head] == [nn.Linear, nn.BatchNorm1d, nn.SiLU, nn.Linear]


@pytest.mark.parametrize("hidden", [None, 7])
def test_softmax_turns_the_same_logits_into_probabilities(hidden):
    images = torch.randn(2, 3, 32, 32)
    outputs = []
    for softmax in (False, True):
        torch.manual_seed(0)
        network = built(width=0.1, hidden=hidden, softmax=softmax).eval()
        assert models.last_linear(network).out_features == 10
        outputs.append(network(images))
    assert torch.equal(outputs[1], outputs[0].softmax(1))


@pytest.mark.parametrize("activation", ["ReLU", "Tanh"])
def test_initialised_as_torchvision_whatever_the_activation(activation):
    torch.manual_seed(0)
    network = built(activation=Activation(name=activation))
    for layer in (network.conv1, network.layer3[0].conv1, network.layer4[1].conv2):
        fan_out = layer.out_channels * layer.kernel_size[0] ** 2
        assert layer.weight.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.03)
        assert layer.bias is None
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert all(torch.all(n.weight == 1) and torch.all(n.bias == 0) for n in norms)


def test_networks_that_differ_in_stem_or_head_start_with_equal_stages():
    stages = []
    for changes in ({}, {"stem_kernel": 5}, {"hidden": 10}, {"max_pool": False}):
        torch.manual_seed(3)
        stages.append(built(width=0.25, **changes).layer4.state_dict())
    for other in stages[1:]:
        assert all(torch.equal(stages[0][key], other[key]) for key in other)
