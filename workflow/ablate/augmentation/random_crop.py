"""RandomCrop: pads with black and cuts out a square anywhere."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from ablate.augmentation.uniform import whole
from ablate.errors import AblateError
from ablate.settings.augmentation import Crop


class RandomCrop:
    """Pads [B, C, H, W] by `padding` zeros on each side, then crops to [B, C, size, size]."""

    stage, place = "geometry", 1
    uniforms = 2

    def __init__(self, settings: Crop) -> None:
        self.size, self.padding = settings.size, settings.padding

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        """Crop each image with its upper left corner at a uniform place.

        Raises:
            AblateError: the padded images are smaller than the crop.
        """
        padded = pad(images, [self.padding] * 4)
        self._check(padded)
        crops = padded.unfold(2, self.size, 1).unfold(3, self.size, 1)
        top, left = whole(u[:, 0], crops.shape[2]), whole(u[:, 1], crops.shape[3])
        return crops[torch.arange(len(images), device=images.device), :, top, left]

    def _check(self, padded: Tensor) -> None:
        height, width = padded.shape[2:]
        if min(height, width) < self.size:
            raise AblateError(
                f"augmentation.RandomCrop: size is {self.size}, but the images with padding "
                f"{self.padding} are {height}x{width}; set size to theirs"
            )
