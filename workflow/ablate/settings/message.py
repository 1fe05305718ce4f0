"""Pydantic's findings as one sentence: where, what was found, what is allowed."""

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ablate.settings.refusal import nearest, shown, unquoted

NEEDED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "dict_type": "a mapping",
    "list_type": "a list",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
}
# Keys that say which of several models a mapping is.
TELLING = ("source", "name")


def sentence(
    error: ValidationError, model: type[BaseModel], place: str = "", written: Any = None
) -> str:
    """The first thing that is wrong, with its place in the file.

    Args:
        place: where `written` stands in the file.
        written: what was validated; it tells which of several models a mapping is.
    """
    found = telling(error)
    path = located(found)
    if found["type"] == "extra_forbidden":
        *within, key = path
        hint = nearest(key, keys_at(model, within, written), _further_in(key, within, written))
        return f"{_join(place, within)}unknown key {key!r}; {hint}"
    return f"{_join(place, path)}{_finding(found)}"


def telling(error: ValidationError) -> dict[str, Any]:
    """The finding that explains most."""
    # An unknown key is most often a misspelt one, so it explains the key that is then missing.
    return min(error.errors(), key=lambda finding: finding["type"] != "extra_forbidden")


def located(finding: dict[str, Any]) -> list[str]:
    """The keys that lead to what a finding is about."""
    within = finding.get("ctx", {}).get("at")
    keys = [str(key) for key in finding["loc"] if key != "[key]"]
    return [*keys, within] if within else keys


def _finding(found: dict[str, Any]) -> str:
    kind, given, context = found["type"], found["input"], found.get("ctx", {})
    if kind == "ablate":
        return context["message"]
    if kind == "missing":
        return "this key is missing"
    if kind in NEEDED:
        return f"found {shown(given)}, {NEEDED[kind]} is needed{_hint(given, NEEDED[kind])}"
    if kind == "literal_error":
        allowed = [
            part.strip("'") for part in context["expected"].replace(" or ", ", ").split(", ")
        ]
        return f"found {shown(given)}; {nearest(given, allowed)}"
    if kind == "too_short":
        return f"found none, at least {context['min_length']} is needed"
    text = found["msg"].replace("Input should be", "it should be")
    return f"found {shown(given)}, {text[0].lower()}{text[1:]}"


def _hint(given: Any, needed: str) -> str:
    if isinstance(given, str):
        return unquoted(given) if "number" in needed else ""
    return "; put it in quotes" if needed == "text" and isinstance(given, int | float) else ""


def keys_at(model: Any, path: list[str], written: Any = None) -> list[str]:
    """The keys that a model allows at `path` within it, as far as its annotations tell."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        if not path:
            return list(model.model_fields)
        field = model.model_fields.get(path[0])
        return keys_at(field.annotation, path[1:], _within(written, path[0])) if field else []
    kind, inner = get_origin(model), get_args(model)
    if kind in (dict, list):
        return keys_at(inner[-1], path[1:], _within(written, path[0])) if path else []
    if kind is Annotated:
        return keys_at(inner[0], path, written)
    if kind in (Union, UnionType):
        likely = sorted(inner, key=lambda one: not _tells(one, written))
        return next((keys for one in likely if (keys := keys_at(one, path, written))), [])
    return []


def _further_in(key: str, path: list[str], written: Any) -> str | None:
    """Where a key that does not belong at the top stands one level deeper: lr in optimizer.lr."""
    groups = written.items() if isinstance(written, dict) and not path else ()
    found = (group for group, inner in groups if isinstance(inner, dict) and key in inner)
    return next((f"{group}.{key}" for group in found if group != key), None)


def _tells(model: Any, written: Any) -> bool:
    """Whether `written` names itself as what `model` is."""
    fields = getattr(model, "model_fields", {})
    return isinstance(written, dict) and any(
        get_origin(fields[key].annotation) is Literal
        and written.get(key) in get_args(fields[key].annotation)
        for key in TELLING
        if key in fields
    )


def _within(written: Any, part: str) -> Any:
    return written.get(part) if isinstance(written, dict) else None


def _join(place: str, path: list[str]) -> str:
    where = ".".join(part for part in [place, *path] if part)
    return f"{where}: " if where else ""
