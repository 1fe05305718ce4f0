"""Networks as shapes: what takes time on torch's meta device and decides no shape is left out.

There, drawing first weights, normalising and pooling go through torch's reference implementations
in Python, for which it loads its compiler: most of the time that counting a network takes.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode


def _itself(tensor: Tensor, *_: Any, **__: Any) -> Tensor:
    return tensor


def _pooled(images: Tensor, output_size: Any) -> Tensor:
    size = (output_size,) * 2 if isinstance(output_size, int) else output_size
    sides = [given or side for given, side in zip(size, images.shape[-2:], strict=True)]
    return images.new_empty((*images.shape[:-2], *sides))


def _linear(tensor: Tensor, weight: Tensor, *_: Any, **__: Any) -> Tensor:
    if tensor.shape[-1] != weight.shape[1]:
        raise RuntimeError(f"a layer of {weight.shape[1]} inputs gets {tensor.shape[-1]}")
    return tensor.new_empty((*tensor.shape[:-1], weight.shape[0]))


INSTEAD: dict[Callable[..., Any], Callable[..., Tensor]] = {
    Tensor.normal_: _itself,
    Tensor.uniform_: _itself,
    functional.batch_norm: _itself,
    functional.adaptive_avg_pool2d: _pooled,
    functional.linear: _linear,
}


class ShapesOnly(TorchFunctionMode):
    """While it lasts, tensors of the meta device get their shapes and nothing else."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        instead = INSTEAD.get(func) if args and getattr(args[0], "is_meta", False) else None
        return (instead or func)(*args, **(kwargs or {}))
