"""Activations by torch's names: fresh, with their arguments, and right when they work in place."""

import pytest
import torch
from torch import nn

from ablate.errors import AblateError
from ablate.models.activation import build_activation
from ablate.settings import Activation
from ablate.settings.named import vocabulary

# Tests in parallel would otherwise fight for the cores.
torch.set_num_threads(1)

NAMES = sorted(vocabulary()["activation"])


def activation(name, **arguments):
    return build_activation(Activation.model_construct(name=name, arguments=arguments))


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_torchs_plain_module(name):
    """A module that works in place must not change the gradient that reaches the layer below."""
    inputs = torch.linspace(-4, 4, 101, dtype=torch.float64)
    gradients = []
    for module in (activation(name), getattr(nn, name)()):
        scale = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
        torch.manual_seed(0)
        (module(inputs * scale) * inputs.cos()).sum().backward()
        gradients.append(scale.grad)
    assert torch.equal(gradients[0], gradients[1])


def test_arguments_go_by_keyword():
    assert activation("ELU", alpha=0.5).alpha == 0.5
    leaky = activation("LeakyReLU", negative_slope=-0.3)
    inputs = torch.tensor([-2.0, 2.0], requires_grad=True)
    leaky(inputs * 1).sum().backward()
    assert inputs.grad.tolist() == pytest.approx([-0.3, 1.0])


def test_rrelu_draws_its_slopes_while_training_and_takes_their_mean_after():
    rrelu = activation("RReLU")
    drawn = -rrelu(-torch.ones(5000))
    assert drawn.min() >= 1 / 8
    assert drawn.max() <= 1 / 3
    assert drawn.std() == pytest.approx((1 / 3 - 1 / 8) / 12**0.5, rel=0.05)
    assert rrelu.eval()(-torch.ones(1)).item() == pytest.approx(-(1 / 8 + 1 / 3) / 2)


def test_an_argument_torch_does_not_know_is_named():
    with pytest.raises(AblateError, match=r"ELU cannot be built.*slope.*It takes: alpha"):
        activation("ELU", slope=1.0)
