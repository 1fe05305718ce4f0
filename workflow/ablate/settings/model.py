"""What network a run trains: one class a family, built by the module of ablate.models it names."""

import math
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ablate.settings.named import Activation, refuse

Rate = Annotated[float, Field(ge=0, lt=1)]
Width = Annotated[float, Field(ge=0.001, le=16)]


class _Network(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    width: Width = Field(1.0, description="scales every convolution's channels")
    dropout: Rate = Field(0.0, description="probability that dropout drops an input of its layer")
    activation: Activation = Field(
        Activation(name="ReLU"), description="replaces every ReLU: a torch.nn class"
    )
    softmax: bool = Field(False, description="a softmax before the cross entropy")

    @property
    def family(self) -> str:
        """The module of ablate.models that builds it."""
        return type(self).__name__.lower()

    def last_batch_needs_two(self, side: int | None) -> bool:
        """Whether a batch of one image gives batch normalisation but one value a channel.

        Args:
            side: of the images that it is trained on, in pixels; None where it is not known yet.
        """
        return False


class ResNet(_Network):
    """torchvision's ResNet for small images."""

    name: Literal["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
    stem_kernel: int = Field(3, ge=1, le=31, description="odd; padding is kernel // 2")
    stem_stride: int = Field(1, ge=1, le=8)
    max_pool: bool = Field(True, description="the max-pool behind the stem")
    hidden: int | None = Field(
        None, ge=1, le=65536, description="units of a hidden Linear layer before the classifier"
    )
    dropout_place: Literal["before_bn", "after_bn"] = Field(
        "before_bn", description="where dropout stands in the hidden layer"
    )

    def last_batch_needs_two(self, side: int | None) -> bool:
        """So it does in a hidden layer, and where the last map is 1x1."""
        return self.hidden is not None or (side is not None and self.last_map(side) == 1)

    def last_map(self, side: int) -> int:
        """The side of the last stage's map of images of this side: each stride rounds up."""
        for stride in (self.stem_stride, 2 if self.max_pool else 1, 2, 2, 2):
            side = math.ceil(side / stride)
        return side

    @model_validator(mode="after")
    def _whole(self) -> "ResNet":
        if self.stem_kernel % 2 == 0:
            raise refuse(f"found {self.stem_kernel}, an odd number is needed", "stem_kernel")
        if self.dropout and self.hidden is None:
            raise refuse(
                f"found {self.dropout}, but dropout belongs to the hidden layer: set hidden too",
                "dropout",
            )
        return self


class VGG(_Network):
    """VGG-A (11 weight layers) or VGG-19, for 32x32 images."""

    name: Literal["vgg_a", "vgg_19"]
    batch_norm: bool = Field(False, description="after every weight layer but the last")

    def last_batch_needs_two(self, side: int | None) -> bool:
        """Its last maps have one pixel, and its Linear layers normalise too."""
        return self.batch_norm


Network = ResNet | VGG
FAMILIES: tuple[type[_Network], ...] = get_args(Network)
NETWORKS = {name: cls for cls in FAMILIES for name in get_args(cls.model_fields["name"].annotation)}
