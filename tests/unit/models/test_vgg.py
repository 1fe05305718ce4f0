"""VGG: the report's networks to the last parameter."""

import pytest
import torch
from torch import nn

from ablate import models
from ablate.errors import AblateError
from ablate.settings import VGG, Activation

# Tests in parallel would otherwise fight for the cores.
torch.set_num_threads(1)


def built(name="vgg_a", classes=10, **changes):
    return models.build(VGG(name=name, **changes), classes)


def outlined(name="vgg_a", **changes):
    with torch.device("meta"):
        return built(name, **changes)


@pytest.mark.parametrize(
    ("name", "batch_norm", "parameters"),
    [
        ("vgg_a", False, 9_750_922),
        ("vgg_a", True, 9_758_474),
        ("vgg_19", False, 20_554_826),
        ("vgg_19", True, 20_567_882),
    ],
)
def test_parameters(name, batch_norm, parameters):
    network = outlined(name, batch_norm=batch_norm)
    assert sum(weight.numel() for weight in network.parameters()) == parameters


@pytest.mark.parametrize(("name", "weight_layers"), [("vgg_a", 11), ("vgg_19", 19)])
def test_batch_norm_stands_between_every_weight_layer_and_its_activation(name, weight_layers):
    layers = [
        type(layer)
        for layer in outlined(name, batch_norm=True).modules()
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.BatchNorm2d | nn.BatchNorm1d | nn.ReLU)
    ]
    convolutions = weight_layers - 3
    assert layers == (
        [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * convolutions
        + [nn.Linear, nn.BatchNorm1d, nn.ReLU] * 2
        + [nn.Linear]
    )


def test_dropout_stands_before_the_first_two_linear_layers():
    head = outlined(dropout=0.5).classifier
    assert [type(layer) for layer in head] == (
        [nn.Dropout, nn.Linear, nn.ReLU, nn.Dropout, nn.Linear, nn.ReLU, nn.Linear]
    )
    assert [layer.p for layer in head if isinstance(layer, nn.Dropout)] == [0.5, 0.5]


@pytest.mark.parametrize("batch_norm", [False, True])
def test_weights_start_xavier_normal_and_biases_zero(batch_norm):
    torch.manual_seed(0)
    network = built(batch_norm=batch_norm)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            fans = (layer.in_channels + layer.out_channels) * 9
        elif isinstance(layer, nn.Linear):
            fans = layer.in_features + layer.out_features
        else:
            continue
        assert layer.weight.std().item() == pytest.approx((2 / fans) ** 0.5, rel=0.06)
        assert not layer.bias.any()


def test_one_seed_gives_every_family_the_same_weights():
    starts = []
    for changes in ({}, {"batch_norm": True}, {"dropout": 0.5}):
        torch.manual_seed(5)
        network = built(width=0.1, **changes)
        starts.append(
            [
                layer.weight
                for layer in network.modules()
                if isinstance(layer, nn.Conv2d | nn.Linear)
            ]
        )
    for other in starts[1:]:
        assert all(torch.equal(a, b) for a, b in zip(starts[0], other, strict=True))


@pytest.mark.parametrize("name", ["vgg_a", "vgg_19"])
@pytest.mark.parametrize("width", [0.001, 0.33, 0.5])
def test_width_scales_convolutions_and_hidden_layers(name, width):
    def outputs(network):
        layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
        return [getattr(layer, "out_channels", None) or layer.out_features for layer in layers]

    plain, scaled = outputs(outlined(name)), outputs(outlined(name, width=width))
    assert scaled[:-1] == [max(1, round(channels * width)) for channels in plain[:-1]]
    assert scaled[-1] == 10


def test_the_activation_takes_the_place_of_relu_everywhere():
    network = outlined(activation=Activation(name="LeakyReLU"), batch_norm=True)
    kinds = [type(layer) for layer in network.modules()]
    assert kinds.count(nn.LeakyReLU) == 10
    assert nn.ReLU not in kinds


def test_softmax_gives_probabilities():
    torch.manual_seed(0)
    network = built(width=0.05, softmax=True)
    assert torch.allclose(network(torch.randn(3, 3, 32, 32)).sum(1), torch.ones(3))
    assert models.last_linear(network).out_features == 10


def test_larger_images_enter_the_head_as_their_mean():
    torch.manual_seed(0)
    network = built(width=0.05).eval()
    images = torch.randn(2, 3, 64, 96)
    maps = network.features(images)
    assert maps.shape[-2:] == (2, 3)
    assert torch.allclose(network(images), network.classifier(maps.flatten(2).mean(2)))


def test_smaller_images_are_refused():
    with pytest.raises(AblateError, match="16x32 is too small"):
        outlined(width=0.05)(torch.empty(1, 3, 16, 32, device="meta"))
