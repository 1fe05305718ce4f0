"""CutMix: a rectangle of each image comes from another image of its batch.

Yun, Han, Oh, Chun, Choe, Yoo: CutMix: Regularization Strategy to Train Strong Classifiers with
Localizable Features, ICCV 2019.
"""

import torch
from torch import Tensor

from ablate.augmentation import mixture
from ablate.augmentation.mixture import Targets
from ablate.augmentation.uniform import whole
from ablate.settings.augmentation import Mixing


class CutMix:
    """As torchvision's: one rectangle a batch, partners are neighbours.

    Its sides are sqrt(1 - share) of the image's, share from Beta(alpha, alpha), its centre is
    uniform; what lies outside the image is cut off, and the share becomes that of the pixels kept.
    """

    stage, place = "mixed", 1
    loss = staticmethod(mixture.loss)

    def __init__(self, settings: Mixing) -> None:
        self.alpha = settings.alpha

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        """Share and centre, float32 [n, 3]; a batch takes its first image's."""
        share = mixture.shares(n, self.alpha, generator)
        return torch.cat([share, torch.rand(n, 2, generator=generator)], dim=1)

    def __call__(self, images: Tensor, labels: Tensor, drawn: Tensor) -> tuple[Tensor, Targets]:
        rows, columns = images.shape[2:]
        half = 0.5 * (1 - drawn[0, 0]).sqrt()
        down = _span(whole(drawn[0, 1], rows), (half * rows).long(), rows)
        across = _span(whole(drawn[0, 2], columns), (half * columns).long(), columns)
        cut = down[:, None] & across[None, :]
        share = 1 - cut.float().mean()
        mixed = torch.where(cut, images.roll(1, 0), images)
        return mixed, Targets(labels, labels.roll(1, 0), share)


def _span(centre: Tensor, half: Tensor, size: int) -> Tensor:
    """bool [size]: which of 0 .. size - 1 lie in centre - half .. centre + half - 1."""
    place = torch.arange(size, device=centre.device)
    return (place >= centre - half) & (place < centre + half)
