"""An activation function by torch's own name."""

import inspect
from typing import TYPE_CHECKING

from torch import nn

from ablate.errors import AblateError

if TYPE_CHECKING:
    from ablate.settings import Activation


def build_activation(activation: "Activation") -> nn.Module:
    """A fresh module of `torch.nn`, with the settings' keyword arguments.

    Where torch's class can work in place and no argument says otherwise, it does. Given arguments
    it does not: torch's in-place gradients need slopes that its defaults have and others may not.

    Raises:
        AblateError: torch's class does not take these arguments.
    """
    kind = getattr(nn, activation.name)
    known = [name for name in inspect.signature(kind).parameters if name not in ("args", "kwargs")]
    arguments = dict(activation.arguments)
    if not arguments and "inplace" in known:
        arguments["inplace"] = True
    try:
        return kind(**arguments)
    except (TypeError, ValueError, AssertionError) as error:
        raise AblateError(
            f"model.activation: torch.nn.{activation.name} cannot be built from "
            f"{dict(activation.arguments)}: {error}. It takes: {', '.join(known) or 'nothing'}."
        ) from error
