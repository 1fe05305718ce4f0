"""RandAugment: a few operations at random, all of one strength.

Cubuk, Zoph, Shlens, Le: RandAugment: Practical Automated Data Augmentation with a Reduced Search
Space, NeurIPS 2020.
"""

from torch import Tensor

from ablate.augmentation import policy
from ablate.settings.augmentation import RandomPolicy


class RandAugment:
    """torchvision's: `num_ops` of its fourteen operations one after the other, at `magnitude`."""

    stage, place = "geometry", 4

    def __init__(self, settings: RandomPolicy) -> None:
        self.settings = settings
        self.uniforms = 2 * settings.num_ops
        self.tables: dict[tuple[int, int], Tensor] = {}

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        magnitude = self._magnitudes(images).expand(len(images), -1)
        for number in range(self.settings.num_ops):
            drawn = policy.drawn(u[:, 2 * number : 2 * number + 2], magnitude)
            images = policy.apply(images, *drawn)
        return images

    def _magnitudes(self, images: Tensor) -> Tensor:
        """Of each operation on images of this size, [1, 14]."""
        height, width = size = images.shape[2:]
        if size not in self.tables:
            # Once, while warming up: a copy from the host cannot be part of a CUDA graph.
            right, down = 150 / 331 * width, 150 / 331 * height
            bins = self.settings.num_magnitude_bins
            table = policy.magnitudes(bins, 0.3, right, down, 30, 0.9, 4)
            self.tables[size] = table[:, self.settings.magnitude][None].to(images.device)
        return self.tables[size]
