"""Where the images come from. None of it is part of a run: the packed data's digest is."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Some = Annotated[int, Field(ge=2)]


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    holdout: float = Field(
        0.0, ge=0, lt=1, description="share of the training images held out to choose an epoch by"
    )


class _Subset(_Source):
    train_images: Some | None = Field(None, description="use a fair subset of so many; null: all")
    test_images: Some | None = None


class Cifar10(_Subset):
    """CIFAR-10 from its official archive, found in `path` or downloaded there."""

    source: Literal["cifar10"] = "cifar10"
    path: str = Field("data", min_length=1, description="the archive's folder")


class Folder(_Subset):
    """Any tree of images: train/<class>/* and test/<class>/*."""

    source: Literal["folder"]
    path: str = Field(min_length=1)
    name: str = Field(min_length=1, max_length=60, description="what tables call this data")
    resize: Annotated[int, Field(ge=4)] | None = Field(None, description="side in pixels")


class Synthetic(_Source):
    """Ten procedural classes, drawn from a seed."""

    source: Literal["synthetic"]
    train: Some = 512
    test: Some = 200
    size: int = Field(32, ge=8)
    seed: int = Field(0, ge=0)


SOURCES = {"cifar10": Cifar10, "folder": Folder, "synthetic": Synthetic}
Data = Cifar10 | Folder | Synthetic
