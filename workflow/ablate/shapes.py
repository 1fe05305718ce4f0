"""Networks as shapes: what takes time on torch's meta device and changes no shape is left out.

There, drawing first weights and normalising go through torch's reference implementations in
Python, for which it loads its compiler: a third of the time that counting networks takes.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

LEFT_OUT = {Tensor.normal_, Tensor.uniform_, functional.batch_norm}


class ShapesOnly(TorchFunctionMode):
    """While it lasts, what is left out gives tensors of the meta device back as they are."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func in LEFT_OUT and args and args[0].is_meta:
            return args[0]
        return func(*args, **(kwargs or {}))
