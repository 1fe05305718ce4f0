"""Where the images come from. None of it is part of a run: the packed data's digest is.

Each class is one source; the module of ablate.data named by its `module` loads the images.
"""

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from ablate.settings import own
from ablate.settings.arguments import own_arguments
from ablate.settings.named import nearest_or_own
from ablate.settings.place import ExpandedPath
from ablate.settings.refusal import refuse, shown
from ablate.settings.strict import Settings

Some = Annotated[int, Field(ge=2)]
Name = Annotated[str, Field(min_length=1, max_length=60, description="what tables call this data")]


class _Source(Settings):
    holdout: float = Field(
        0.0, ge=0, lt=1, description="share of the training images held out to choose an epoch by"
    )

    @property
    def module(self) -> str:
        """The module of ablate.data that loads the images."""
        return self.source

    @property
    def title(self) -> str:
        """What pages call the data."""
        raise NotImplementedError

    @property
    def training_images(self) -> int | None:
        """How many training images there are; None where the settings alone do not tell."""
        return None

    @property
    def side(self) -> int | None:
        """The images' side in pixels; None where the settings alone do not tell."""
        return None


class _Subset(_Source):
    train_images: Some | None = Field(None, description="use a fair subset of so many; null: all")
    test_images: Some | None = None


class _Archived(_Subset):
    path: ExpandedPath = Field("data", min_length=1, description="the folder of its archives")


class _Cifar(_Archived):
    side: ClassVar[int] = 32

    @property
    def training_images(self) -> int:
        return self.train_images or 50_000


class Cifar10(_Cifar):
    """CIFAR-10 from its official archive, found in `path` or downloaded there."""

    source: Literal["cifar10"] = "cifar10"

    title: ClassVar[str] = "CIFAR-10"


class Cifar100(_Cifar):
    """CIFAR-100 from its official archive, found in `path` or downloaded there."""

    source: Literal["cifar100"]

    title: ClassVar[str] = "CIFAR-100"


class _Grey(_Archived):
    size: Literal[28, 32] = Field(28, description="32: with two black pixels on every side")

    @property
    def training_images(self) -> int:
        return self.train_images or 60_000

    @property
    def side(self) -> int:
        return self.size


class Mnist(_Grey):
    """MNIST from torchvision's archives, its grey repeated in three channels."""

    source: Literal["mnist"]

    title: ClassVar[str] = "MNIST"


class FashionMnist(_Grey):
    """FashionMNIST from torchvision's archives, its grey repeated in three channels."""

    source: Literal["fashion_mnist"]

    title: ClassVar[str] = "FashionMNIST"


class _Named(_Subset):
    @property
    def title(self) -> str:
        return self.name

    @property
    def training_images(self) -> int | None:
        return self.train_images


class Folder(_Named):
    """Any tree of images: train/<class>/* and test/<class>/*."""

    name: Name
    source: Literal["folder"]
    path: ExpandedPath = Field(min_length=1)
    resize: Annotated[int, Field(ge=4)] | None = Field(None, description="side in pixels")

    @property
    def side(self) -> int | None:
        return self.resize


class Synthetic(_Source):
    """Ten procedural classes, drawn from a seed."""

    source: Literal["synthetic"]
    train: Some = 512
    test: Some = 200
    size: int = Field(32, ge=8)
    seed: int = Field(0, ge=0)

    title: ClassVar[str] = "synthetic"

    @property
    def training_images(self) -> int:
        return self.train

    @property
    def side(self) -> int:
        return self.size


class OwnSource(_Named):
    """Images that a function of one's own gives, written file.name."""

    module: ClassVar[str] = "own"

    name: Name
    source: str = Field(pattern=own.NAME, description="the function: file.name")
    arguments: dict[str, Any] = Field({}, description="by its signature")

    @model_validator(mode="before")
    @classmethod
    def _arguments(cls, written: Any) -> Any:
        name, given = written["source"], written.get("arguments")
        known = own.signature(name)
        return {**written, "arguments": own_arguments(name, given, known, within="arguments")}


Shipped = Cifar10 | Cifar100 | Mnist | FashionMnist | Folder | Synthetic
DEFAULT = "cifar10"
SOURCES = {cls.model_fields["source"].annotation.__args__[0]: cls for cls in get_args(Shipped)}


def _kind(source: Any) -> type[_Source] | None:
    """The class of a source by its name."""
    return OwnSource if own.is_own(source) else SOURCES.get(str(source))


def forgotten(former: Any, source: Any) -> set[str]:
    """The keys of one source that say nothing of images from another.

    What two kinds of source share, such as how many of the images are used, both have from the
    class that both are kinds of.
    """
    one, other = _kind(former), _kind(source)
    if former == source or one is None or other is None:
        return set()
    shared = next(cls for cls in one.__mro__[1:] if issubclass(other, cls))
    return {*one.model_fields} - {*shared.model_fields}


def _source(written: Any) -> Any:
    if isinstance(written, Shipped | OwnSource):
        return written
    if not isinstance(written, dict):
        raise refuse(
            f"found {shown(written)}, a mapping with a source is needed: {{source: cifar10}}"
        )
    name = written.get("source", DEFAULT)
    kind = _kind(name)
    if kind is None:
        raise refuse(
            f"unknown source {shown(name)}; {nearest_or_own(str(name), [*SOURCES])}", "source"
        )
    return kind.model_validate(written)


Data = Annotated[Shipped | OwnSource, BeforeValidator(_source)]
