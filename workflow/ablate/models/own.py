"""Networks of one's own: a class or function in a file of extensions that takes `classes`."""

from typing import TYPE_CHECKING

from torch import Tensor, nn

from ablate import extensions
from ablate.errors import AblateError
from ablate.models.strided import is_at_risk

if TYPE_CHECKING:
    from ablate.settings.model import Own


def build(model: "Own", classes: int) -> nn.Module:
    """The network, which is asked for logits [batch, classes] when it sees its first images.

    Raises:
        AblateError: it cannot be built, is no module, or holds a convolution that a CPU gets wrong.
    """
    kind = extensions.find(model.name)
    network = extensions.built(model.name, kind, {"classes": classes, **model.arguments})
    if not isinstance(network, nn.Module):
        raise AblateError(f"{model.name} gives {type(network).__name__}, a torch module is needed")
    if not any(True for _ in network.parameters()):
        raise AblateError(f"{model.name} has no parameters to train")
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Conv2d) and type(layer) is not nn.Conv2d and is_at_risk(layer):
            raise AblateError(
                f"{model.name}: {name} is a strided 1x1 convolution of few channels, which oneDNN "
                "gets wrong on a CPU; make it a plain torch.nn.Conv2d, which ablate computes "
                "another way"
            )
    _check_once(network, model.name, classes)
    return network


def _check_once(network: nn.Module, name: str, classes: int) -> None:
    """Look at the network's first outputs, and no others."""

    def check(module: nn.Module, inputs: tuple[Tensor], outputs: object) -> None:
        handle.remove()
        expected = (len(inputs[0]), classes)
        if not isinstance(outputs, Tensor):
            raise AblateError(f"{name} returns {type(outputs).__name__}, a tensor is needed")
        if tuple(outputs.shape) != expected or not outputs.is_floating_point():
            raise AblateError(
                f"{name} returns {_described(outputs)} for {expected[0]} images of {classes} "
                f"classes; float numbers [{expected[0]}, {classes}] are needed"
            )

    handle = network.register_forward_hook(check)


def _described(outputs: Tensor) -> str:
    kind = "" if outputs.is_floating_point() else f"{str(outputs.dtype).removeprefix('torch.')} "
    return f"{kind}{list(outputs.shape)}"
