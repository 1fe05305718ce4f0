"""What network a run trains: one class a family, built by the module of ablate.models it names."""

import math
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from ablate.settings import own
from ablate.settings.arguments import checked_arguments, own_arguments
from ablate.settings.named import Activation, vocabulary
from ablate.settings.refusal import PARTIAL, refuse
from ablate.settings.strict import Settings

Rate = Annotated[float, Field(ge=0, lt=1)]
Width = Annotated[float, Field(ge=0.001, le=16)]


class _Network(Settings):
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

    def narrowed(self, factor: float) -> dict[str, Any]:
        """Its settings with the width times `factor`."""
        return {**self.model_dump(mode="json"), "width": self.width * factor}

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
                PARTIAL,
            )
        return self


class VGG(_Network):
    """VGG-A (11 weight layers) or VGG-19, for 32x32 images."""

    name: Literal["vgg_a", "vgg_19"]
    batch_norm: bool = Field(False, description="after every weight layer but the last")

    def last_batch_needs_two(self, side: int | None) -> bool:
        """Its last maps have one pixel, and its Linear layers normalise too."""
        return self.batch_norm


class _Given(Settings):
    """A network by name, with the arguments that its own signature takes."""

    softmax: ClassVar[bool] = False
    # Nobody knows its size before it is built: what a job asks for is that of a network this wide.
    width: ClassVar[float] = 2.0

    name: str
    arguments: dict[str, Any] = Field({})

    def narrowed(self, factor: float) -> dict[str, Any]:
        """Its settings: as they are, but for a width among them."""
        return self.model_dump(mode="json")


class Torchvision(_Given):
    """One of torchvision's classifiers, without pretrained weights, by its name there."""

    family: ClassVar[str] = "torchvision"

    name: str = Field(json_schema_extra=lambda schema: schema.update(enum=torchvisions()))

    @model_validator(mode="after")
    def _arguments(self) -> Self:
        known = vocabulary()["network"][self.name]
        checked_arguments(self.name, self.arguments, known, within="arguments")
        return self

    def last_batch_needs_two(self, side: int | None) -> bool:
        """Those that normalise over the batch do so on maps of one pixel too."""
        return not self.name.startswith(WITHOUT_BATCH_NORM) or self.name.endswith("_bn")


class Own(_Given):
    """A network of one's own, written file.name: a class or function that takes `classes`."""

    family: ClassVar[str] = "own"

    name: str = Field(pattern=own.NAME)

    @model_validator(mode="before")
    @classmethod
    def _arguments(cls, written: Any) -> Any:
        name, given = written["name"], written.get("arguments")
        taken = own.signature(name)
        if taken is not None and not {"classes", "**"} & taken.keys():
            raise refuse(f"{name} has no argument 'classes', the number of its outputs", "name")
        known = own.signature(name, by_name=("classes",))
        return {**written, "arguments": own_arguments(name, given, known, within="arguments")}

    def narrowed(self, factor: float) -> dict[str, Any]:
        """Its settings; an argument called width times `factor`, and whole if it must be."""
        settings = self.model_dump(mode="json")
        known = (own.signature(self.name) or {}).get("width", {})
        width = self.arguments.get("width", known.get("default"))
        if factor != 1 and isinstance(width, int | float):
            whole = known.get("kind") == "integer"
            narrow = max(1, round(width * factor)) if whole else width * factor
            settings["arguments"] = {**settings["arguments"], "width": narrow}
        return settings

    def last_batch_needs_two(self, side: int | None) -> bool:
        """Nobody can know before it trains."""
        return False


# torchvision's networks that normalise by layer, or not at all.
WITHOUT_BATCH_NORM = ("alexnet", "convnext", "squeezenet", "swin", "vgg", "vit")

# The networks of this library: a new family is added here.
Ours = ResNet | VGG
OURS: tuple[type[_Network], ...] = get_args(Ours)
Network = Ours | Torchvision | Own
NETWORKS = {name: cls for cls in OURS for name in get_args(cls.model_fields["name"].annotation)}


def network(name: str) -> type[Network] | None:
    """The class of settings that a network of this name has; None where there is no such one."""
    if own.is_own(name):
        return Own
    return NETWORKS.get(name, Torchvision if name in vocabulary()["network"] else None)


def torchvisions() -> list[str]:
    """The names of torchvision's classifiers, but for those of ablate's own families."""
    return [*vocabulary()["network"]]


def network_names() -> list[str]:
    """Every network that settings can name."""
    return [*NETWORKS, *torchvisions(), *own.known()]
