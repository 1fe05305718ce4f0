"""What a network holds and what one image costs."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ablate import models, named
from ablate.errors import AblateError

if TYPE_CHECKING:
    from ablate.settings.model import Network


def count(model: "Network", classes: int, size: tuple[int, int]) -> tuple[int, int]:
    """Parameters, and FLOP of the forward pass of one image of `size` (height, width).

    Shapes only: nothing is allocated, and torch's random state stays as it is.

    Raises:
        AblateError: the network cannot take images of this size.
    """
    with torch.device("meta"):
        network = models.build(model, classes)
    return parameters(network), flops(network, size)


def parameters(network: nn.Module) -> int:
    """The numbers that training can change."""
    return sum(weight.numel() for weight in network.parameters())


def flops(network: nn.Module, size: tuple[int, int]) -> int:
    """FLOP of the forward pass of one image of `size` (height, width), on the network's device.

    A multiply-add counts 2; convolutions and Linear layers count, the rest (biases, batch
    normalisation, activations, pooling) does not. Noted while an image of zeros passes: torch's own
    counter would load its compiler, which takes as long as loading torch.

    Raises:
        AblateError: the network cannot take images of this size.
    """
    counted = []

    def note(layer: nn.Conv2d | nn.Linear, inputs: tuple[Tensor], output: Tensor) -> None:
        counted.append(2 * output.numel() * layer.weight[0].numel())

    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    mode, device = network.training, next(network.parameters()).device
    try:
        # What a network draws in passing is no part of its training.
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            network.eval()(torch.zeros(1, 3, *size, device=device))
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        reason = named.blame(error) or str(error).splitlines()[0]
        raise AblateError(
            f"model: it cannot take an image of {size[0]}x{size[1]}: {reason}"
        ) from error
    finally:
        network.train(mode)
        for hook in hooks:
            hook.remove()
    return sum(counted)
