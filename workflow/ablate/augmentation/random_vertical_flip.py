"""RandomVerticalFlip: exchanges top and bottom."""

import torch
from torch import Tensor

from ablate.augmentation.uniform import per_image
from ablate.settings.augmentation import VerticalFlip


class RandomVerticalFlip:
    """Mirrors each image [C, H, W] with probability p."""

    stage, place = "geometry", 3
    uniforms = 1

    def __init__(self, settings: VerticalFlip) -> None:
        self.p = settings.p

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        return torch.where(per_image(u[:, 0] < self.p), images.flip(-2), images)
