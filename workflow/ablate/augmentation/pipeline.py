"""From uint8 images to what a network sees: augmented, normalised, drawn per image."""

import importlib
import re
from collections.abc import Sequence

import torch
from torch import Tensor

from ablate.errors import AblateError
from ablate.settings import Augmentation

# The order in which they act. Moving pixels about comes first, since that is cheapest in bytes.
GEOMETRY = ("RandomCrop", "RandomHorizontalFlip", "RandomVerticalFlip")
COLOUR = ("ColorJitter", "RandomGrayscale")
NORMALISED = ("RandomErasing",)


class Pipeline:
    """Crop, flip, jitter and grayscale; normalise; erase.

    mean, std: of pixels counted from 0 to 1, one number or one a channel.

    Raises:
        AblateError: a standard deviation of 0, by which nothing can be divided.
    """

    def __init__(
        self,
        augmentation: Augmentation,
        mean: float | Sequence[float],
        std: float | Sequence[float],
    ) -> None:
        self._transforms = {
            name: _transform(name, getattr(augmentation, name))
            for name in (*GEOMETRY, *COLOUR, *NORMALISED)
            if getattr(augmentation, name) is not None
        }
        self._mean, self._std = (torch.tensor(s).float().reshape(-1, 1, 1) for s in (mean, std))
        if not (self._std > 0).all():
            raise AblateError(
                f"normalize: found standard deviation {std}, above 0 is needed; a channel in which "
                "all training images are the same cannot be normalised by its own"
            )

    def draw(self, n: int, generator: torch.Generator) -> dict[str, Tensor]:
        """All random numbers for n images: transform -> float32 [n, its uniforms], on the CPU."""
        return {
            name: torch.rand(n, transform.uniforms, generator=generator)
            for name, transform in self._transforms.items()
        }

    def apply(self, images: Tensor, draws: dict[str, Tensor]) -> Tensor:
        """Augment and normalise uint8 [B, 3, H, W] into float32 [B, 3, h, w] on the same device.

        draws: the rows of `draw` that belong to these images. An image's outcome depends on its own
        row alone, however the images are cut into batches.
        """
        images = self._act(GEOMETRY, images, draws)
        images = self._act(COLOUR, images / 255, draws)
        return self._act(NORMALISED, self._normalise(images), draws)

    def apply_test(self, images: Tensor) -> Tensor:
        """Normalise uint8 [B, 3, H, W] into float32 of the same shape."""
        return self._normalise(images / 255)

    def _act(self, names: tuple[str, ...], images: Tensor, draws: dict[str, Tensor]) -> Tensor:
        for name in names:
            if name in self._transforms:
                images = self._transforms[name](images, draws[name])
        return images

    def _normalise(self, images: Tensor) -> Tensor:
        if self._mean.device != images.device:
            # Once, while warming up: a copy from the host cannot be part of a CUDA graph.
            self._mean, self._std = self._mean.to(images.device), self._std.to(images.device)
        return (images - self._mean) / self._std


def _transform(name: str, settings: object) -> object:
    """The transform of torchvision's name, from its module: RandomCrop is in random_crop."""
    module = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return getattr(importlib.import_module(f"ablate.augmentation.{module}"), name)(settings)
