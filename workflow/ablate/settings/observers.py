"""What can watch a training step by step: one class an observer, with its options.

The module of ablate.observers of the same name does the watching.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from ablate.errors import AblateError
from ablate.settings import own
from ablate.settings.named import Optimizer
from ablate.settings.refusal import nearest, refuse, shown
from ablate.settings.strict import Settings


class _Options(Settings):
    def fault(self, optimizer: Optimizer) -> str | None:
        """Why it cannot watch a training with this optimizer, if it cannot."""
        return None


class Loss(_Options):
    """The loss of every step."""


class Gradients(_Options):
    """The gradient by the last layer's weight."""

    every: int = Field(40, ge=1, description="steps between gradients kept whole")


class LineProbe(_Options):
    """The loss along the gradient."""

    every: int = Field(250, ge=1, description="steps between walks along the gradient")

    def fault(self, optimizer: Optimizer) -> str | None:
        """Its eta is a multiple of the training step only where that follows the gradient."""
        extra = {key: v for key, v in optimizer.arguments.items() if key not in ("lr", "dampening")}
        if optimizer.name == "SGD" and not extra:
            return None
        found = ", ".join([optimizer.name, *(f"{key}={value}" for key, value in extra.items())])
        return (
            f"it measures along the gradient, in multiples of the training step, but the steps of "
            f"{found} do not follow the gradient; plain SGD is needed, without momentum or weight "
            "decay"
        )


class Observers(_Options):
    """All observers, each with its options."""

    loss: Loss = Loss()
    gradients: Gradients = Gradients()
    line_probe: LineProbe = LineProbe()

    def check(self, names: Iterable[str], optimizer: Optimizer) -> None:
        """Refuse observers that cannot watch a training with this optimizer.

        Raises:
            AblateError: one cannot.
        """
        for name in names:
            if not own.is_own(name) and (fault := getattr(self, name).fault(optimizer)):
                raise AblateError(f"observers: {name}: {fault}")

    def asked(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """The observers of these names, each as a mapping of its name and options."""
        options = {name: {} if own.is_own(name) else getattr(self, name) for name in names}
        return [{"name": name, **dict(options[name])} for name in sorted(names)]


def _observer(name: Any) -> Any:
    known = list(Observers.model_fields)
    if own.is_own(name):
        own.signature(name)
    elif name not in known:
        raise refuse(f"unknown observer {shown(name)}; {nearest(name, [*known, own.YOURS])}")
    return name


ObserverNames = Annotated[list[Annotated[str, BeforeValidator(_observer)]], AfterValidator(sorted)]
