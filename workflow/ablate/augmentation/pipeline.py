"""From uint8 images to what a network sees: augmented, normalised, drawn per image."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from ablate import named
from ablate.errors import AblateError
from ablate.settings import Augmentation
from ablate.settings.augmentation import module_name

# Moving pixels about comes first, since that is cheapest in bytes.
STAGES = ("geometry", "colour", "normalised", "mixed")


class Pipeline:
    """The transforms of a run, each at the stage and place that it names itself.

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
        transforms = {n: _transform(n, s) for n, s in augmentation.transforms.items()}
        self._transforms = dict(sorted(transforms.items(), key=lambda item: _place(item[1])))
        self._mean, self._std = (torch.tensor(s).float().reshape(-1, 1, 1) for s in (mean, std))
        if not (self._std > 0).all():
            raise AblateError(
                f"normalize: found standard deviation {std}, above 0 is needed; a channel in which "
                "all training images are the same cannot be normalised by its own; write "
                "normalize: {mean: 0.5, std: 0.5}"
            )

    def draw(self, n: int, generator: torch.Generator) -> dict[str, Tensor]:
        """All random numbers for n images: transform -> float32 [n, its numbers], on the CPU."""
        return {name: _draw(t, n, generator) for name, t in self._transforms.items()}

    def apply(self, images: Tensor, draws: dict[str, Tensor]) -> Tensor:
        """Augment and normalise uint8 [B, 3, H, W] into float32 [B, 3, h, w] on the same device.

        draws: the rows of `draw` that belong to these images. An image's outcome depends on its own
        row alone, however the images are cut into batches.
        """
        images = self._act("geometry", images, draws)
        images = self._act("colour", images / 255, draws)
        return self._act("normalised", self._normalise(images), draws)

    @property
    def mixes(self) -> bool:
        """Whether images of a batch are mixed with one another."""
        return any(transform.stage == "mixed" for transform in self._transforms.values())

    def mix(self, images: Tensor, labels: Tensor, draws: dict[str, Tensor]) -> tuple[Tensor, Any]:
        """Mix augmented images [B, 3, h, w] with one another: the mixtures, and their targets.

        Targets: what the loss of `mixed_loss` takes in the place of labels.
        """
        name, transform = next((n, t) for n, t in self._transforms.items() if t.stage == "mixed")
        return transform(images, labels, draws[name])

    def mixed_loss(self, criterion: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
        """The loss of outputs and the targets of `mix`, from that of outputs and labels."""
        return next(t for t in self._transforms.values() if t.stage == "mixed").loss(criterion)

    def apply_test(self, images: Tensor) -> Tensor:
        """Normalise uint8 [B, 3, H, W] into float32 of the same shape."""
        return self._normalise(images / 255)

    def _act(self, stage: str, images: Tensor, draws: dict[str, Tensor]) -> Tensor:
        for name, transform in self._transforms.items():
            if transform.stage == stage:
                images = transform(images, draws[name])
        return images

    def _normalise(self, images: Tensor) -> Tensor:
        if self._mean.device != images.device:
            # Once, while warming up: a copy from the host cannot be part of a CUDA graph.
            self._mean, self._std = self._mean.to(images.device), self._std.to(images.device)
        return (images - self._mean) / self._std


def _transform(name: str, settings: object) -> Any:
    """The transform of torchvision's name, from its module: RandomCrop is in random_crop.

    A name with a dot is one's own: file.name.
    """
    if "." in name:
        return named.transform(name, settings.arguments)
    module = importlib.import_module(f"ablate.augmentation.{module_name(name)}")
    return getattr(module, name)(settings)


def _draw(transform: Any, n: int, generator: torch.Generator) -> Tensor:
    """float32 [n, k]: what the transform draws itself, or else uniform numbers in [0, 1)."""
    if hasattr(transform, "draw"):
        return transform.draw(n, generator)
    return torch.rand(n, transform.uniforms, generator=generator)


def _place(transform: Any) -> tuple[int, int]:
    return STAGES.index(transform.stage), transform.place
