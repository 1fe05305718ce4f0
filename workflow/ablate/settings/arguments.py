"""Keyword arguments of a class or function, checked by what it takes: its signature, or torch's."""

import math
from typing import Any

from ablate.settings.refusal import PARTIAL, nearest, refuse, shown, unquoted

# What is known of an argument that ** takes.
ANY = {"kind": "any"}
# The types that an argument of a kind takes, and what is needed then, in words.
TAKEN = {
    "boolean": (bool, "true or false"),
    "text": (str, "text"),
    "list": (list | tuple, "a list"),
    "numbers": (list | tuple, "a list of numbers"),
}


def _checked(name: str, value: Any, kind: str) -> Any:
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
        argument: _checked(f"{place}{argument}", value, known.get(argument, ANY)["kind"])
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
