"""TrivialAugmentWide: one operation at random, of random strength.

Müller, Hutter: TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation, ICCV 2021.
"""

from torch import Tensor

from ablate.augmentation import policy
from ablate.augmentation.uniform import whole
from ablate.settings.augmentation import TrivialPolicy


class TrivialAugmentWide:
    """torchvision's: one of its fourteen operations, at one of `num_magnitude_bins` strengths."""

    stage, place = "geometry", 4
    uniforms = 3

    def __init__(self, settings: TrivialPolicy) -> None:
        self.table = policy.magnitudes(settings.num_magnitude_bins, 0.99, 32, 32, 135, 0.99, 6)

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        if self.table.device != images.device:
            # Once, while warming up: a copy from the host cannot be part of a CUDA graph.
            self.table = self.table.to(images.device)
        strength = whole(u[:, 2], self.table.shape[1])
        return policy.apply(images, *policy.drawn(u[:, :2], self.table.T[strength]))
