"""Random changes to the training images: torchvision's transforms, by its names and arguments."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ablate.settings.named import refuse

Probability = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, strict=True)]
# A list in YAML is a pair here, which strict checking would not take.
Range = Annotated[tuple[Positive, Positive], Field(strict=False)]


class _Transform(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Crop(_Transform):
    """Pads with black, then cuts out a square at random."""

    size: int = Field(32, ge=1)
    padding: int = Field(4, ge=0)


class HorizontalFlip(_Transform):
    p: Probability = 0.5


class VerticalFlip(_Transform):
    p: Probability = 0.5


class Jitter(_Transform):
    """Factors drawn from [1 - x, 1 + x]; hue from [-hue, hue]."""

    brightness: float = Field(0.0, ge=0)
    contrast: float = Field(0.0, ge=0)
    saturation: float = Field(0.0, ge=0)
    hue: float = Field(0.0, ge=0, le=0.5)


class Grayscale(_Transform):
    p: Probability = 0.1


class Erasing(_Transform):
    p: Probability = 0.5
    scale: Range = (0.02, 0.33)
    ratio: Range = (0.3, 3.3)
    value: float = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> "Erasing":
        for name in ("scale", "ratio"):
            low, high = getattr(self, name)
            if low > high:
                raise refuse(f"found [{low}, {high}], the smaller number comes first", name)
        if self.scale[1] > 1:
            raise refuse(f"found {self.scale[1]}, an image has no more than 1", "scale")
        return self


class Augmentation(BaseModel):
    """The transforms of a run. When each acts is said in its module of ablate.augmentation."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    RandomCrop: Crop | None = None
    RandomHorizontalFlip: HorizontalFlip | None = None
    RandomVerticalFlip: VerticalFlip | None = None
    ColorJitter: Jitter | None = None
    RandomGrayscale: Grayscale | None = None
    RandomErasing: Erasing | None = None

    @property
    def names(self) -> list[str]:
        """The transforms that are set."""
        return [name for name in type(self).model_fields if getattr(self, name) is not None]


def module_name(transform: str) -> str:
    """The module of ablate.augmentation for a transform: RandomCrop -> random_crop."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", transform).lower()
