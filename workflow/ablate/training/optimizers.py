"""Optimizers by torch's own names, in the fastest form that the device has."""

import functools
import inspect
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ablate import named
from ablate.errors import AblateError

if TYPE_CHECKING:
    from ablate import settings

# Of those without the argument `capturable`, these replay from a CUDA graph all the same: fused,
# they keep everything that changes in tensors on the device.
CAPTURABLE_WHEN_FUSED = ("SGD", "Adagrad")


# Parameters under "params", and what of the optimizer's arguments is theirs alone.
Group = dict[str, Any]


def build(
    optimizer: "settings.Optimizer", groups: Sequence[Group], device: torch.device
) -> torch.optim.Optimizer:
    """The optimizer of the settings over groups of parameters, with its arguments.

    torch's hold the parameters as `in_memory_order` gives them, since they work element by element;
    one's own hold the parameters themselves. On CUDA the rate is a tensor where a graph can replay
    the update (see `capturable`).

    Raises:
        AblateError: it refuses the arguments.
    """
    _spare_dynamo()
    kind = named.find(torch.optim, optimizer.name)
    arguments = {**optimizer.arguments, **_fastest(kind, device)}
    if device.type == "cuda" and capturable(kind):
        arguments["lr"] = torch.tensor(float(optimizer.lr), device=device)
    held = _in_memory_order if _is_torchs(kind) else list
    try:
        return kind([{**group, "params": held(group["params"])} for group in groups], **arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        raise AblateError(
            f"optimizer: {optimizer.name} refuses: {named.blame(error) or error}"
        ) from error


def parameters(groups: Iterable[Group]) -> list[nn.Parameter]:
    """The parameters of all groups, in the order in which the optimizer holds them."""
    return [parameter for group in groups for parameter in group["params"]]


def placeholder(lr: float) -> torch.optim.Optimizer:
    """An optimizer of nothing, whose rate a scheduler can move."""
    _spare_dynamo()
    return torch.optim.SGD([torch.zeros(0)], lr=lr)


def capturable(kind: type[torch.optim.Optimizer]) -> bool:
    """Whether a CUDA graph can hold this optimizer's update."""
    fused = kind.__name__ in CAPTURABLE_WHEN_FUSED and has_fused(kind, "cuda")
    return fused or "capturable" in _arguments(kind)


def has_fused(kind: type[torch.optim.Optimizer], device: str) -> bool:
    """Whether torch has a fused update for this type of device: its argument alone may be older."""
    kernel = f"aten::_fused_{kind.__name__.lower()}_"
    known = _is_torchs(kind) and "fused" in _arguments(kind)
    return known and torch._C._dispatch_has_kernel_for_dispatch_key(kernel, device.upper())


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter group this learning rate; a rate held in a tensor changes in place."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def update(optimizer: torch.optim.Optimizer, parameters: Iterable[nn.Parameter]) -> None:
    """Let `optimizer`, built over `parameters` in this order, take its step along their gradients.

    It does what `optimizer.step()` does, without its profiler hook and without loading
    torch._dynamo.
    """
    held = [tensor for group in optimizer.param_groups for tensor in group["params"]]
    for tensor, parameter in zip(held, parameters, strict=True):
        gradient = parameter.grad
        if tensor is parameter:
            continue
        tensor.grad = None if gradient is None else in_memory_order(gradient, like=parameter)
    with torch.no_grad():
        inspect.unwrap(type(optimizer).step)(optimizer)
    for tensor in held:
        # Or this step's gradients would take up memory beside the next one's.
        tensor.grad = None


def in_memory_order(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """`tensor` with its dimensions in the order in which those of `like` lie in memory.

    It is contiguous, and a view where `tensor` lies as `like` does. torch's fused updates on a CPU
    copy weights in channels_last to and fro, which takes longer than the update itself, and mix up
    the elements of weights and gradients that lie differently. An update is elementwise: to a
    contiguous view of both it is the same.
    """
    order = sorted(range(like.dim()), key=like.stride, reverse=True)
    return tensor.permute(order).contiguous()


def _in_memory_order(parameters: Iterable[nn.Parameter]) -> list[torch.Tensor]:
    return [in_memory_order(parameter.detach(), like=parameter) for parameter in parameters]


def _is_torchs(kind: type[torch.optim.Optimizer]) -> bool:
    return kind.__module__.startswith("torch.")


def _fastest(kind: type[torch.optim.Optimizer], device: torch.device) -> dict[str, Any]:
    """Fused where torch has it: on one core 2 to 6 times as fast as the others."""
    if not _is_torchs(kind):
        return {}
    known = _arguments(kind)
    cuda = device.type == "cuda"
    chosen = {"fused": True} if has_fused(kind, device.type) else {"foreach": cuda}
    return {**chosen, "capturable": True} if cuda and "capturable" in known else chosen


def _arguments(kind: type[torch.optim.Optimizer]) -> list[str]:
    return list(inspect.signature(kind).parameters)


@functools.cache
def _spare_dynamo() -> None:
    """Let optimizers be made without torch's compiler: loading it costs as much as torch itself.

    torch hides these methods from its compiler, and loads the compiler to do so. Nothing is
    compiled here, so each is declared hidden as it stands. Where torch keeps the mark under another
    name this does nothing.
    """
    for name in ("add_param_group", "state_dict", "load_state_dict", "zero_grad"):
        method = inspect.unwrap(getattr(torch.optim.Optimizer, name))
        method.__dynamo_disable = method
