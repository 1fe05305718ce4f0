"""Batches whose images are mixed with one another, and what their loss is."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Targets(NamedTuple):
    """labels, partners: int64 [B], of an image and of the one mixed in. share: of its own, []."""

    labels: Tensor
    partners: Tensor
    share: Tensor


def loss(criterion: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Targets], Tensor]:
    """share times the loss by an image's own label, and the rest by its partner's.

    For the cross entropy this is the loss by the mixed one-hot labels.
    """

    def mixed(outputs: Tensor, targets: Targets) -> Tensor:
        own, other = criterion(outputs, targets.labels), criterion(outputs, targets.partners)
        return targets.share * own + (1 - targets.share) * other

    return mixed


def shares(n: int, alpha: float, generator: torch.Generator) -> Tensor:
    """n draws from Beta(alpha, alpha), float32 [n, 1]: the first of two that are Dirichlet."""
    both = torch.full((n, 2), alpha, dtype=torch.float64)
    return torch._sample_dirichlet(both, generator=generator)[:, :1].float()
