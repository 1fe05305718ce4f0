"""Settings that name one of torch's classes and pass it keyword arguments.

Written flat (`{name: SGD, lr: 0.1}`), or as the bare name where no argument is needed. The names
and arguments come from vocabulary.json, read off torch itself, so that checking loads no torch.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, model_serializer, model_validator

from ablate.settings import own
from ablate.settings.arguments import (
    checked_arguments,
    defaults_of,
    own_arguments,
    without_defaults,
)
from ablate.settings.limits import LIMITS
from ablate.settings.refusal import PARTIAL, nameless, nearest, refuse, shown
from ablate.settings.strict import Settings

# Arguments of schedules that count epochs.
PERIODS = ("step_size", "T_max", "T_0", "T_mult", "total_iters")


@cache
def vocabulary() -> dict[str, dict[str, Any]]:
    """Torch's activations, optimizers and schedules: name -> argument -> kind and default."""
    return json.loads(Path(__file__).with_name("vocabulary.json").read_text(encoding="utf-8"))


def nearest_or_own(name: str, allowed: list[str]) -> str:
    """`nearest` where one's own code is allowed too, led by one's own of this name if there is."""
    meant = [each for each in own.known() if each.partition(".")[2] == name]
    return nearest(name, [*allowed, own.YOURS], meant[0] if meant else None)


def one_alone(written: Any, group: str) -> str:
    """How to change what a mapping without a name says, and nothing else of its group."""
    if not isinstance(written, dict) or not written or "name" in written:
        return ""
    first = next(iter(written))
    return f"; to change {first} and leave the rest, write {group}.{first}"


class TorchNamed(Settings):
    """One of torch's classes by name, with keyword arguments that differ from torch's defaults."""

    what: ClassVar[str]
    path: ClassVar[str] = ""
    instead: ClassVar[str] = ""
    kept: ClassVar[tuple[str, ...]] = ()
    negative_allowed: ClassVar[bool] = True
    own_allowed: ClassVar[bool] = True
    # How many first arguments training gives to one's own class or function, and which by name.
    given: ClassVar[int] = 0
    given_to_function: ClassVar[int] = 0
    given_by_name: ClassVar[tuple[str, ...]] = ()

    name: str
    arguments: dict[str, Any] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _split(cls, written: Any) -> Any:
        if isinstance(written, TorchNamed):
            return written
        if isinstance(written, str):
            written = {"name": written}
        if not isinstance(written, dict) or not isinstance(written.get("name"), str):
            raise nameless(
                written,
                f"found {shown(written)}, a name or a mapping with a name is needed, "
                f"such as {{name: {next(iter(vocabulary()[cls.what]))}}}"
                f"{one_alone(written, cls.path or cls.what)}",
            )
        name, known = written["name"], vocabulary()[cls.what]
        given = {key: value for key, value in written.items() if key != "name"}
        if own.is_own(name) and cls.own_allowed:
            signature = own.signature(name, cls.given, cls.given_to_function, cls.given_by_name)
            return {"name": name, "arguments": own_arguments(name, given, signature, cls.kept)}
        if name not in known:
            close = (nearest_or_own if cls.own_allowed else nearest)(name, [*known])
            raise refuse(f"ablate takes no {cls.what} named {shown(name)}{cls.instead}; {close}")
        return {"name": name, "arguments": cls._checked(name, given, known[name])}

    @classmethod
    def _checked(cls, name: str, given: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
        found, defaults = checked_arguments(name, given, known), defaults_of(known)
        for argument, value in found.items():
            cls._in_range(name, argument, value, defaults.get(argument))
        for sentence, holds in LIMITS.get(name, ()):
            if not holds({**defaults, **found}):
                raise refuse(
                    f"{name}: found {shown(given)}, torch requires {sentence}", kind=PARTIAL
                )
        return without_defaults(found, known, cls.kept)

    @classmethod
    def _in_range(cls, name: str, argument: str, value: Any, default: Any) -> None:
        if isinstance(default, tuple) and len(value) != len(default):
            raise refuse(
                f"found {shown(list(value))}, {name} takes {len(default)} numbers", argument
            )
        numbers = value if isinstance(value, tuple) else (value,)
        if not cls.negative_allowed and any(
            isinstance(number, int | float) and number < 0 for number in numbers
        ):
            found = list(value) if isinstance(value, tuple) else value
            raise refuse(f"found {shown(found)}, {name} takes a number of at least 0", argument)
        if argument in PERIODS and value < 1:
            raise refuse(f"found {value}, {name} needs at least 1", argument)

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in self.arguments.items()}
        return {"name": self.name, **plain}


class Activation(TorchNamed):
    """A torch.nn activation."""

    what, path = "activation", "model.activation"
    own_allowed = False


class Optimizer(TorchNamed):
    """A torch.optim optimizer; the learning rate is always stated."""

    what = "optimizer"
    kept = ("lr",)
    negative_allowed = False
    given = given_to_function = 1

    @model_validator(mode="after")
    def _states_its_rate(self) -> Self:
        if "lr" not in self.arguments:
            raise refuse(f"{self.name} needs the argument 'lr'", kind=PARTIAL)
        return self

    @property
    def lr(self) -> float:
        """The learning rate the schedule starts from."""
        return self.arguments["lr"]


class Schedule(TorchNamed):
    """A torch.optim.lr_scheduler schedule, stepped each epoch; none at all is a constant rate."""

    what = "schedule"
    instead = "; for a constant rate write null"
    negative_allowed = False
    given = given_to_function = 1
    given_by_name = ("total_steps",)


class Criterion(TorchNamed):
    """A torch.nn loss of outputs and class labels."""

    what = "loss"
    negative_allowed = False
    given_to_function = 2
