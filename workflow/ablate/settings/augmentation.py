"""Random changes to the training images: torchvision's transforms, by its names and arguments."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    model_serializer,
    model_validator,
)

from ablate.settings import own
from ablate.settings.arguments import own_arguments
from ablate.settings.refusal import PARTIAL, refuse, shown, unknown_key
from ablate.settings.strict import Settings

Probability = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, strict=True)]
# A list in YAML is a pair here, which strict checking would not take.
Range = Annotated[tuple[Positive, Positive], Field(strict=False)]
Sides = Annotated[tuple[int, int], Field(strict=False)]


def _crop_size(written: Any) -> Any:
    sides = written if isinstance(written, list | tuple) and len(written) == 2 else [written]
    whole = all(isinstance(s, int) and not isinstance(s, bool) and s >= 1 for s in sides)
    if written != "image" and not whole:
        raise refuse(
            f"found {shown(written)}, a side in pixels, [height, width], or image is needed"
        )
    return tuple(written) if isinstance(written, list) else written


class Crop(Settings):
    """Pads with black, then cuts out a rectangle at random; `image` is one of the image's size."""

    size: Annotated[Literal["image"] | int | Sides, BeforeValidator(_crop_size)]
    # torchvision's own default, None, pads as 0 does: one meaning, one name.
    padding: Annotated[int, BeforeValidator(lambda w: 0 if w is None else w)] = Field(0, ge=0)

    # It decides a training's bits and is in no digest: see tests/unit/settings/test_deciding.py.
    def shape(self, image: tuple[int, int]) -> tuple[int, int]:
        """Height and width of the crops of an image of this height and width."""
        if self.size == "image":
            return image
        return (self.size, self.size) if isinstance(self.size, int) else self.size

    def fault(self, image: tuple[int, int]) -> str | None:
        """Why images of this height and width cannot be cropped, if they cannot."""
        height, width = self.shape(image)
        if height <= image[0] and width <= image[1]:
            return None
        return (
            f"augmentation.RandomCrop: size is {height}x{width}, larger than the images, which are "
            f"{image[0]}x{image[1]}; write size: image for crops of their size"
        )


class HorizontalFlip(Settings):
    p: Probability = 0.5


class VerticalFlip(Settings):
    p: Probability = 0.5


class Jitter(Settings):
    """Factors drawn from [1 - x, 1 + x]; hue from [-hue, hue]."""

    brightness: float = Field(0.0, ge=0)
    contrast: float = Field(0.0, ge=0)
    saturation: float = Field(0.0, ge=0)
    hue: float = Field(0.0, ge=0, le=0.5)


class Grayscale(Settings):
    p: Probability = 0.1


class Erasing(Settings):
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
            raise refuse(f"found {self.scale[1]}, shares of an image go up to 1", "scale")
        return self


class TrivialPolicy(Settings):
    """num_magnitude_bins: how many strengths there are."""

    num_magnitude_bins: int = Field(31, ge=2)


class RandomPolicy(TrivialPolicy):
    """num_ops: operations one after the other; magnitude: which of the strengths, from 0."""

    num_ops: int = Field(2, ge=1)
    magnitude: int = Field(9, ge=0)

    @model_validator(mode="after")
    def _within(self) -> "RandomPolicy":
        if self.magnitude >= self.num_magnitude_bins:
            most = self.num_magnitude_bins - 1
            raise refuse(
                f"found {self.magnitude}, at most {most} is possible", "magnitude", PARTIAL
            )
        return self


class Mixing(Settings):
    """alpha: of the Beta(alpha, alpha) from which a batch's share of its own images is drawn."""

    alpha: Positive = 1.0


class OwnTransform(Settings):
    """A transform of one's own: a class or function, with what its signature takes."""

    arguments: dict[str, Any] = Field({})

    @classmethod
    def of(cls, name: str, written: Any) -> "OwnTransform | None":
        """The transform file.name with the arguments written for it; None where it is off."""
        if written is None or isinstance(written, OwnTransform):
            return written
        if not isinstance(written, dict):
            raise refuse(f"found {shown(written)}, a mapping of arguments is needed", name)
        return cls(arguments=own_arguments(name, written, own.signature(name, given_to_function=1)))

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in self.arguments.items()}


class Augmentation(Settings):
    """The transforms of a run. When each acts is said in its module of ablate.augmentation."""

    model_config = ConfigDict(extra="allow")
    # One's own, written file.name; no other key is let through.
    __pydantic_extra__: dict[str, OwnTransform]

    RandomCrop: Crop | None = None
    RandomHorizontalFlip: HorizontalFlip | None = None
    RandomVerticalFlip: VerticalFlip | None = None
    ColorJitter: Jitter | None = None
    RandomGrayscale: Grayscale | None = None
    RandomErasing: Erasing | None = None
    RandAugment: RandomPolicy | None = None
    TrivialAugmentWide: TrivialPolicy | None = None
    MixUp: Mixing | None = None
    CutMix: Mixing | None = None

    @model_validator(mode="before")
    @classmethod
    def _known(cls, written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        files = {name.partition(".")[0] for name in own.known()}
        found: dict[str, Any] = {}
        for key, value in written.items():
            if key in files and isinstance(value, dict):
                # As the dotted path of a delta leaves one's own.
                found |= {
                    f"{key}.{name}": OwnTransform.of(f"{key}.{name}", a)
                    for name, a in value.items()
                }
            elif key in cls.model_fields:
                found[key] = value
            elif own.is_own(key):
                found[key] = OwnTransform.of(key, value)
            else:
                raise unknown_key(key, [*cls.model_fields, own.YOURS])
        return {key: value for key, value in found.items() if value is not None}

    @model_validator(mode="after")
    def _one_mixture(self) -> "Augmentation":
        if self.MixUp and self.CutMix:
            raise refuse("found MixUp too, a batch is mixed by one of the two", "CutMix", PARTIAL)
        return self

    @property
    def transforms(self) -> dict[str, Settings]:
        """The transforms that are set, by name."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        own_ones = self.model_extra or {}
        return {name: each for name, each in found.items() if each is not None} | own_ones

    @property
    def named(self) -> list[str]:
        """Those of torchvision's names that are set."""
        return [name for name in self.transforms if not own.is_own(name)]


def module_name(transform: str) -> str:
    """The module of ablate.augmentation for a transform: RandomCrop -> random_crop."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", transform).lower()
