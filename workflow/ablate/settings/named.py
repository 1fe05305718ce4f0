"""Settings that name one of torch's classes and pass it keyword arguments.

Written flat (`{name: SGD, lr: 0.1}`), or as the bare name where no argument is needed. The names
and arguments come from vocabulary.json, read off torch itself, so that checking loads no torch.
"""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, model_serializer, model_validator

from ablate.settings import own
from ablate.settings.limits import LIMITS
from ablate.settings.refusal import PARTIAL, nameless, nearest, refuse, shown, unquoted
from ablate.settings.strict import Settings

# What is known of an argument that ** takes.
ANY = {"kind": "any"}
# Arguments of schedules that count epochs.
PERIODS = ("step_size", "T_max", "T_0", "T_mult", "total_iters")
# The types that an argument of a kind takes, and what is needed then, in words.
TAKEN = {
    "boolean": (bool, "true or false"),
    "text": (str, "text"),
    "list": (list | tuple, "a list"),
    "numbers": (list | tuple, "a list of numbers"),
}


@cache
def vocabulary() -> dict[str, dict[str, Any]]:
    """Torch's activations, optimizers and schedules: name -> argument -> kind and default."""
    return json.loads(Path(__file__).with_name("vocabulary.json").read_text(encoding="utf-8"))


def checked_argument(name: str, value: Any, kind: str) -> Any:
    """`value` as the argument `name` of a kind takes it; a refusal where it is another kind's."""
    types, needed = TAKEN.get(kind, (object, ""))
    if not isinstance(value, types):
        raise refuse(f"found {shown(value)}, {needed} is needed", name)
    if kind in ("number", "integer"):
        return _number(name, value, whole=kind == "integer")
    if kind == "numbers":
        return tuple(_whole_if_it_is(_number(name, item)) for item in value)
    return tuple(value) if isinstance(value, list) else value


def _number(name: str, value: Any, whole: bool = False) -> float | int:
    """`value` as a finite number."""
    if isinstance(value, str):
        raise refuse(f"found the text {shown(value)}, a number is needed{unquoted(value)}", name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"found {shown(value)}, a number is needed", name)
    if not math.isfinite(value):
        raise refuse(f"found {value!r}, a finite number is needed", name)
    if whole and value != int(value):
        raise refuse(f"found {value!r}, a whole number is needed", name)
    return int(value) if whole else float(value)


def _whole_if_it_is(number: float) -> float | int:
    """135.0 as 135: one spelling, so that one setting has one name; torch takes either."""
    return int(number) if number == int(number) else number


def checked_arguments(
    name: str, given: dict[str, Any], known: dict[str, Any], within: str | None = None
) -> dict[str, Any]:
    """The arguments `given` to a class or function, checked by those that it takes.

    within: the key that they stand under.
    """
    taken = [argument for argument in known if argument != "**"]
    for argument in given:
        if argument not in taken and "**" not in known:
            raise refuse(
                f"{name} takes no argument {shown(argument)}; {nearest(argument, taken)}", within
            )
    for argument in taken:
        if known[argument].get("required") and argument not in given:
            raise refuse(f"{name} needs the argument {argument!r}", kind=PARTIAL)
    place = f"{within}." if within else ""
    return {
        argument: checked_argument(f"{place}{argument}", value, known.get(argument, ANY)["kind"])
        for argument, value in given.items()
    }


def defaults_of(known: dict[str, Any]) -> dict[str, Any]:
    """The defaults of arguments that have one."""
    defaults = {name: entry["default"] for name, entry in known.items() if "default" in entry}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in defaults.items()}


def without_defaults(
    given: dict[str, Any], known: dict[str, Any], kept: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The arguments, sorted, that differ from their defaults or are always `kept`."""
    defaults = defaults_of(known)
    return {
        argument: value
        for argument, value in sorted({**defaults, **given}.items())
        if argument in kept or argument not in defaults or not _same(value, defaults[argument])
    }


def _same(value: Any, other: Any) -> bool:
    """Whether two values are one; True equals 1, and is no number."""
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def own_arguments(
    name: str,
    given: Any,
    known: dict[str, Any] | None,
    kept: tuple[str, ...] = (),
    within: str | None = None,
) -> dict[str, Any]:
    """The arguments of one's own class or function, checked by its signature, defaults left out.

    known: None where there is no folder to look the signature up in; then all are taken.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise refuse(f"found {shown(given)}, a mapping is needed", within)
    if known is None:
        return dict(sorted(given.items()))
    return without_defaults(checked_arguments(name, given, known, within), known, kept)


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
