"""Gradients whose norm is bounded."""

from torch import nn

from ablate.training.parts import Parts


def add(parts: Parts, largest: float) -> None:
    """Scale the gradient of all parameters down to the norm `largest` where its norm is larger.

    Observers see it as it was before.
    """
    parameters = list(parts.network.parameters())

    def clip() -> None:
        nn.utils.clip_grad_norm_(parameters, largest, error_if_nonfinite=False)

    parts.before_update.append(clip)
