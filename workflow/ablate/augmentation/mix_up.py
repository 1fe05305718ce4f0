"""MixUp: each image becomes a mixture of itself and another image of its batch.

Zhang, Cisse, Dauphin, Lopez-Paz: mixup: Beyond Empirical Risk Minimization, ICLR 2018.
"""

import torch
from torch import Tensor

from ablate.augmentation import mixture
from ablate.augmentation.mixture import Targets
from ablate.settings.augmentation import Mixing


class MixUp:
    """As torchvision's: one share from Beta(alpha, alpha) a batch, partners are neighbours."""

    stage, place = "mixed", 1
    loss = staticmethod(mixture.loss)

    def __init__(self, settings: Mixing) -> None:
        self.alpha = settings.alpha

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        """An image's share of itself, float32 [n, 1]; a batch takes its first image's."""
        return mixture.shares(n, self.alpha, generator)

    def __call__(self, images: Tensor, labels: Tensor, drawn: Tensor) -> tuple[Tensor, Targets]:
        share = drawn[0, 0]
        mixed = share * images + (1 - share) * images.roll(1, 0)
        return mixed, Targets(labels, labels.roll(1, 0), share)
