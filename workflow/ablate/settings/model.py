"""What network a run trains."""

import math
from typing import Annotated, Literal

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

    @property
    def family(self) -> str:
        """The module of ablate.models that builds it."""
        return "resnet"

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
                f"found {self.dropout}, but dropout stands in the hidden layer: set hidden",
                "dropout",
            )
        return self


class VGG(_Network):
    """VGG-A (11 weight layers) or VGG-19, for 32x32 images."""

    name: Literal["vgg_a", "vgg_19"]
    batch_norm: bool = Field(False, description="after every weight layer but the last")

    @property
    def family(self) -> str:
        """The module of ablate.models that builds it."""
        return "vgg"


NETWORKS = {
    name: cls for cls in (ResNet, VGG) for name in cls.model_fields["name"].annotation.__args__
}
