"""RandomGrayscale: takes the colour out."""

import torch
from torch import Tensor

from ablate.augmentation.luminance import luminance
from ablate.augmentation.uniform import per_image
from ablate.settings.augmentation import Grayscale


class RandomGrayscale:
    """Turns each image [3, H, W] grey, in three equal channels, with probability p."""

    stage, place = "colour", 2
    uniforms = 1

    def __init__(self, settings: Grayscale) -> None:
        self.p = settings.p

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        return torch.where(per_image(u[:, 0] < self.p), luminance(images), images)
