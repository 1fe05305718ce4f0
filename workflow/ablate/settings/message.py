"""Pydantic's findings as one sentence: where, what was found, what is allowed."""

import re
from typing import Any

from pydantic import ValidationError

from ablate.settings import own
from ablate.settings.refusal import PARTIAL, REFUSED, UNKNOWN_KEY, nearest, shown, unquoted

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


def sentence(error: ValidationError, place: str = "") -> str:
    """The first thing that is wrong, with its place in the file.

    place: where what was validated stands in the file.
    """
    found = telling(error)
    path = located(found)
    if found["type"] == UNKNOWN_KEY:
        path.pop()
    where = ".".join(part for part in [place, *path] if part)
    return f"{where}: {_finding(found)}" if where else _finding(found)


def telling(error: ValidationError) -> dict[str, Any]:
    """The finding that explains most."""
    # An unknown key is most often a misspelt one, so it explains the key that is then missing.
    return min(error.errors(), key=lambda found: (found["type"] != UNKNOWN_KEY, is_partial(found)))


def is_partial(finding: dict[str, Any]) -> bool:
    """Whether no setting by itself is wrong: one is missing, or two do not go together."""
    return finding["type"] in ("missing", PARTIAL)


def located(finding: dict[str, Any]) -> list[str]:
    """The keys that lead to what a finding is about."""
    within = finding.get("ctx", {}).get("at")
    keys = [str(key) for key in finding["loc"] if key != "[key]"]
    return keys if within is None else [*keys, within]


def _finding(found: dict[str, Any]) -> str:
    kind, given, context = found["type"], found["input"], found.get("ctx", {})
    if kind in (REFUSED, UNKNOWN_KEY, PARTIAL):
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
    if kind in ("too_short", "too_long"):
        few = kind == "too_short"
        bound, word = (context["min_length"], "least") if few else (context["max_length"], "most")
        verb = "is" if bound == 1 else "are"
        needed = f"at {word} {bound} {verb} {'needed' if few else 'allowed'}"
        return f"found {len(given) or 'none'}, {needed}"
    if kind == "string_pattern_mismatch" and context["pattern"] == own.NAME:
        return f"found {shown(given)}, your own code is named file.name"
    text = re.sub("^(Input|String) should", "it should", found["msg"])
    return f"found {shown(given)}, {text[0].lower()}{text[1:]}"


def _hint(given: Any, needed: str) -> str:
    if isinstance(given, str):
        return unquoted(given) if "number" in needed else ""
    return "; put it in quotes" if needed == "text" and isinstance(given, int | float) else ""
