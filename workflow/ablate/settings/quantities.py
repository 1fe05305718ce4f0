"""Quantities: what a claim compares its rows by, and what must be known of their runs for that."""

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from ablate.settings.refusal import nearest, refuse, shown
from ablate.settings.strict import Settings

PartOfRun = Literal["whole run", "first half", "second half", "first tenth", "last tenth"]


class _Quantity(Settings):
    # The observer from whose series it is taken; None of what every run leaves.
    observer: ClassVar[str | None] = None
    # Whether it is taken from the first layer's last weights, which stand in a run's events.
    weighed: ClassVar[bool] = False
    # Whether it names classes, which stand with the packed images.
    classed: ClassVar[bool] = False
    # Whether it is counted, not measured, so that the numbers decide.
    exact: ClassVar[bool] = False


class OfRun(_Quantity):
    """What a run's summary says of it."""

    name: Literal["accuracy", "train_accuracy", "train_loss", "seconds", "parameters", "flops"]

    @property
    def exact(self) -> bool:
        return self.name in ("parameters", "flops")


ACCURACY = OfRun(name="accuracy")


class EpochsTo(_Quantity):
    """The first epoch whose training accuracy is at least so high."""

    name: Literal["epochs_to"]
    train_accuracy: float = Field(gt=0, le=100)


class JumpAtDrop(_Quantity):
    """Test accuracy where the rate drops: mean of 3 epochs after less that of 3 before."""

    name: Literal["jump_at_drop"]
    drop: int = Field(ge=1, description="1: the first")


class Change(_Quantity):
    """Test loss or accuracy, its mean over three epochs around one less that around another."""

    name: Literal["change"]
    of: Literal["test_loss", "test_accuracy"]
    start: int = Field(ge=1, description="epoch, of the schedule's own length")
    end: int = Field(ge=1)


class ErrorsWithin(_Quantity):
    """Share of the errors that fall inside groups of classes, less that of the class pairs."""

    classed: ClassVar[bool] = True

    name: Literal["errors_within"]
    groups: Annotated[list[Annotated[list[str], Field(min_length=2)]], Field(min_length=1)]


class MeanLoss(_Quantity):
    """Training loss, mean over the steps of a part of the run."""

    observer: ClassVar[str] = "loss"

    name: Literal["mean_loss"]
    part: PartOfRun = "whole run"


class WeightsWithin(_Quantity):
    """Share of the first layer's weights, after the last epoch, within a distance of 0, %."""

    weighed: ClassVar[bool] = True

    name: Literal["weights_within"]
    distance: float = Field(gt=0)


class WeightsSd(_Quantity):
    """Standard deviation of the first layer's weights after the last epoch."""

    weighed: ClassVar[bool] = True

    name: Literal["weights_sd"]


class OfBand(_Quantity):
    """A measure over the learning rates of a family, as one number a seed."""

    name: Literal["band"]
    of: Literal["loss_band", "gradient_predictiveness", "beta_a", "beta_b"]
    value: Literal["mean", "width", "high"] = Field(
        "mean",
        description="of the band's middle, its width, or its upper edge, over the steps; of beta_a "
        "and beta_b the mean alone",
    )
    part: PartOfRun = "whole run"
    less: PartOfRun | None = Field(None, description="another part, whose number is taken off")

    @property
    def observer(self) -> str:
        return "loss" if self.of == "loss_band" else "gradients"

    @model_validator(mode="after")
    def _of_a_band(self) -> "OfBand":
        if self.of in ("beta_a", "beta_b") and self.value != "mean":
            raise refuse(
                f"{self.of} is one number a step and no band: found value {self.value!r}; allowed: "
                "mean"
            )
        return self


_Kinds = (
    OfRun
    | EpochsTo
    | JumpAtDrop
    | Change
    | ErrorsWithin
    | MeanLoss
    | WeightsWithin
    | WeightsSd
    | OfBand
)
QUANTITIES: dict[str, type[Settings]] = {
    name: kind
    for kind in get_args(_Kinds)
    for name in get_args(kind.model_fields["name"].annotation)
}


def _quantity(written: Any) -> Any:
    if isinstance(written, Settings):
        return written
    if isinstance(written, str):
        written = {"name": written}
    name = written.get("name") if isinstance(written, dict) else None
    if not isinstance(name, str):
        raise refuse(f"found {shown(written)}, a quantity's name or a mapping with one is needed")
    if name not in QUANTITIES:
        raise refuse(f"unknown quantity {shown(name)}; {nearest(name, list(QUANTITIES))}")
    return QUANTITIES[name].model_validate(written)


# What rows are compared by.
Quantity = Annotated[
    _Kinds | Annotated[str, Field(json_schema_extra={"enum": list(QUANTITIES)})],
    BeforeValidator(_quantity),
]
