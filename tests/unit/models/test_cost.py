"""The counted cost of a network."""

import pytest
import torch

from ablate import models
from ablate.models import cost
from ablate.settings import VGG, Activation, ResNet


def by_hand(network, size):
    """2 x multiply-adds of VGG's convolutions and Linear layers, from their shapes."""
    flops, pixels = 0, size * size
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            flops += 2 * 9 * layer.in_channels * layer.out_channels * pixels
        elif isinstance(layer, torch.nn.MaxPool2d):
            pixels //= 4
        elif isinstance(layer, torch.nn.Linear):
            flops += 2 * layer.in_features * layer.out_features
    return flops


@pytest.mark.parametrize("name", ["vgg_a", "vgg_19"])
def test_vgg_against_a_count_by_hand(name):
    settings = VGG(name=name, batch_norm=True)
    with torch.device("meta"):
        network = models.build(settings, 10)
    parameters, flops = cost.count(settings, 10, (32, 32))
    assert flops == by_hand(network, 32)
    assert parameters == sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize(
    ("name", "train_gflop"),
    [("resnet18", 0.84), ("resnet34", 1.74), ("resnet50", 1.95), ("resnet152", 5.59)],
)
def test_resnets_against_published_training_costs(name, train_gflop):
    """A training step counts three forward passes."""
    _, flops = cost.count(ResNet(name=name), 10, (32, 32))
    assert 3 * flops / 1e9 == pytest.approx(train_gflop, rel=0.01)


def test_counts_one_image_with_batch_norm_in_the_head_and_noise():
    settings = ResNet(name="resnet18", hidden=10, dropout=0.1, activation=Activation(name="RReLU"))
    plain, _ = cost.count(ResNet(name="resnet18"), 10, (32, 32))
    parameters, _ = cost.count(settings, 10, (32, 32))
    assert parameters - plain == (512 * 10 + 10) + 2 * 10 + (10 * 10 + 10) - (512 * 10 + 10)


def test_leaves_torchs_random_state_alone():
    before = torch.get_rng_state()
    cost.count(VGG(name="vgg_a", dropout=0.5), 10, (32, 32))
    assert torch.equal(before, torch.get_rng_state())
