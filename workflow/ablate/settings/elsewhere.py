"""Accuracies of a row that was trained by others: from a paper's repository, say."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)

from ablate.settings.refusal import refuse, shown
from ablate.settings.strict import Settings


def of_shares(values: list[float]) -> str | None:
    """What is wrong with accuracies that are shares and no percentages, as they seem to be."""
    if not values or not all(0 < value < 1 for value in values):
        return None
    return (
        f"found {shown(values[0])}, which looks like a share: accuracies are in percent, "
        f"{100 * values[0]:g} for {values[0]:g}"
    )


def _in_percent(values: list[float]) -> list[float]:
    if fault := of_shares(values):
        raise refuse(fault)
    return values


Percent = Annotated[float, Field(ge=0, le=100)]
Accuracies = Annotated[list[Percent], Field(min_length=1), AfterValidator(_in_percent)]


class Elsewhere(Settings):
    """What was measured elsewhere: test accuracies in percent, one for each run."""

    best_accuracy: Accuracies = Field(description="of each run's best epoch, or the one it reports")
    last_accuracy: Accuracies | None = Field(None, description="after the last epoch, where known")
    source: str = Field("", description="where the numbers are from, in words")

    @model_validator(mode="after")
    def _same_runs(self) -> "Elsewhere":
        runs, others = len(self.best_accuracy), self.last_accuracy
        if others is not None and len(others) != runs:
            raise refuse(
                f"found {len(others)}, but best_accuracy has {runs}: one for each run, in the same "
                "order",
                "last_accuracy",
            )
        return self


_LIST = TypeAdapter(Accuracies, config=ConfigDict(strict=True, allow_inf_nan=False))


def _spelled_out(written: Any) -> Any:
    """A list alone stands for its accuracies."""
    if isinstance(written, list):
        return Elsewhere(best_accuracy=_LIST.validate_python(written))
    if isinstance(written, dict):
        return Elsewhere.model_validate(written)
    if isinstance(written, Elsewhere) or written is None:
        return written
    raise refuse(f"found {shown(written)}, a list of accuracies is needed: [93.1, 93.4, 92.8]")


# As it stands in a config: a mapping, or the accuracies alone.
MeasuredElsewhere = Annotated[Elsewhere | Accuracies | None, BeforeValidator(_spelled_out)]
