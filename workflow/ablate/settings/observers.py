"""What can watch a training step by step: one class an observer, with its options.

The module of ablate.observers of the same name does the watching.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from ablate.settings.named import nearest, refuse, shown


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Loss(_Options):
    """The loss of every step."""


class Gradients(_Options):
    """The gradient by the last layer's weight."""

    every: int = Field(40, ge=1, description="steps between gradients kept whole")


class LineProbe(_Options):
    """The loss along the gradient."""

    every: int = Field(250, ge=1, description="steps between walks along the gradient")


class Observers(_Options):
    """All observers, each with its options."""

    loss: Loss = Loss()
    gradients: Gradients = Gradients()
    line_probe: LineProbe = LineProbe()

    def asked(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """The observers of these names, each as a mapping of its name and options."""
        return [{"name": name, **getattr(self, name).model_dump()} for name in sorted(names)]


def _observer(name: Any) -> Any:
    known = list(Observers.model_fields)
    if name not in known:
        raise refuse(f"unknown observer {shown(name)}; {nearest(name, known)}")
    return name


ObserverNames = Annotated[list[Annotated[str, BeforeValidator(_observer)]], AfterValidator(sorted)]
