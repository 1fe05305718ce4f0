"""What is said of a setting that is refused."""

import difflib
import re
from typing import Any

from pydantic_core import PydanticCustomError

# Types of pydantic errors that carry a sentence.
REFUSED, UNKNOWN_KEY = "refused", "unknown_key"
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?", re.ASCII)


def nearest(found: Any, allowed: list[str], meant: str | None = None) -> str:
    """What is allowed, in words, led by what was `meant`: if unknown, the closest to `found`."""
    lower = {name.lower(): name for name in allowed}
    close = difflib.get_close_matches(str(found).lower(), lower, n=1)
    meant = meant or (lower[close[0]] if close else None)
    hint = f"did you mean {meant!r}? " if meant else ""
    return f"{hint}allowed: {', '.join(allowed) or 'nothing'}"


def shown(value: Any) -> str:
    """A value in words of YAML, cut where it is long."""
    plain = {None: "null", True: "true", False: "false"}
    text = plain[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def unquoted(text: str) -> str:
    """What to do about text where a number is needed, if it is one in quotes."""
    return " (without the quotes)" if NUMBER.fullmatch(text) else ""


def refuse(message: str, at: str | None = None) -> PydanticCustomError:
    """A pydantic error that carries a finished sentence, of a key `at` within what is validated."""
    return PydanticCustomError(REFUSED, "{message}", {"message": message, "at": at})


def unknown_key(key: str, allowed: list[str], meant: str | None = None) -> PydanticCustomError:
    """The same of a key that is none of those `allowed`."""
    message = f"unknown key {key!r}; {nearest(key, allowed, meant)}"
    return PydanticCustomError(UNKNOWN_KEY, "{message}", {"message": message, "at": key})
