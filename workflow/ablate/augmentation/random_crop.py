"""RandomCrop: pads with black and cuts out a rectangle anywhere."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from ablate.augmentation.uniform import whole
from ablate.errors import AblateError
from ablate.settings.augmentation import Crop


class RandomCrop:
    """Pads [B, C, H, W] by `padding` zeros on each side, then crops to [B, C, h, w]."""

    stage, place = "geometry", 1
    uniforms = 2

    def __init__(self, settings: Crop) -> None:
        self.settings = settings

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        """Crop each image with its upper left corner at a uniform place.

        Raises:
            AblateError: the images are smaller than the crop.
        """
        image = images.shape[2], images.shape[3]
        if fault := self.settings.fault(image):
            raise AblateError(fault)
        height, width = self.settings.shape(image)
        padded = pad(images, [self.settings.padding] * 4)
        crops = padded.unfold(2, height, 1).unfold(3, width, 1)
        top, left = whole(u[:, 0], crops.shape[2]), whole(u[:, 1], crops.shape[3])
        return crops[torch.arange(len(images), device=images.device), :, top, left]
