"""Another loss than the mean cross entropy: a class of torch.nn or one's own."""

import functools
from typing import TYPE_CHECKING

from torch import Tensor, nn

from ablate import named
from ablate.errors import AblateError
from ablate.training.parts import Parts

if TYPE_CHECKING:
    from ablate.settings.named import Criterion


def add(parts: Parts, loss: "Criterion") -> None:
    """Train by `loss`, in fp32. The losses on test images stay mean cross entropies.

    Raises:
        AblateError: the loss refuses its arguments.
    """
    found = named.find(nn, loss.name)
    if isinstance(found, type):
        try:
            criterion = found(**loss.arguments)
        except (TypeError, ValueError) as error:
            raise AblateError(
                f"loss: {loss.name} refuses: {named.blame(error) or error}"
            ) from error
    else:
        criterion = functools.partial(found, **loss.arguments)
    if isinstance(criterion, nn.Module):
        criterion = criterion.to(next(parts.network.parameters()).device)

    def in_fp32(outputs: Tensor, labels: Tensor) -> Tensor:
        return criterion(outputs.float(), labels)

    parts.criterion = in_fp32
