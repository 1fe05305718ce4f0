"""Networks, chosen by `model.family`: one module a family, loaded only when a run has it."""

import importlib
from typing import TYPE_CHECKING

from torch import nn

from ablate.models.strided import slice_narrow

if TYPE_CHECKING:
    from ablate.settings.model import Network


def build(model: "Network", classes: int) -> nn.Module:
    """The network the settings describe, freshly initialised from torch's default generator.

    It maps images [batch, 3, height, width] to logits [batch, classes], or to probabilities
    where the settings put a softmax on the output.

    Raises:
        AblateError: the settings name an activation's argument that torch does not know.
    """
    network = importlib.import_module(f"ablate.models.{model.family}").build(model, classes)
    return slice_narrow(network)


def first_layer(network: nn.Module) -> nn.Conv2d | None:
    """The convolution that sees the image; None in a network without convolutions."""
    return next((layer for layer in network.modules() if isinstance(layer, nn.Conv2d)), None)


def last_linear(network: nn.Module) -> nn.Linear | None:
    """The layer that gives the logits, weight [classes, features]; None where there is none."""
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    return layers[-1] if layers else None
