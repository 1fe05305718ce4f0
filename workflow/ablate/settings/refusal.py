"""What is said of a setting that is refused."""

import difflib
import re
from typing import Any

from pydantic_core import PydanticCustomError

# Types of pydantic errors that carry a sentence. What is wrong only together with other settings,
# or for want of them, is partial: whoever builds on the settings may set it right.
REFUSED, UNKNOWN_KEY, PARTIAL = "refused", "unknown_key", "partial"
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?", re.ASCII)


def nearest(found: Any, allowed: list[str], meant: str | None = None) -> str:
    """What is allowed, in words, led by what was `meant`: if unknown, the closest to `found`."""
    lower = {name.lower(): name for name in allowed}
    word = str(found).lower()
    last = word.rpartition(".")[2]  # of torch.nn.GELU
    close = [last] if last in lower else difflib.get_close_matches(word, lower, n=1)
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


def refuse(message: str, at: str | None = None, kind: str = REFUSED) -> PydanticCustomError:
    """A pydantic error that carries a finished sentence, of a key `at` within what is validated."""
    return PydanticCustomError(kind, "{message}", {"message": message, "at": at})


def nameless(written: Any, message: str) -> PydanticCustomError:
    """`refuse` of what has no name; of a mapping that lacks one, it may still be given."""
    lacks = isinstance(written, dict) and "name" not in written
    return refuse(message, kind=PARTIAL if lacks else REFUSED)


def unknown_key(key: str, allowed: list[str], meant: str | None = None) -> PydanticCustomError:
    """The same of a key that is none of those `allowed`."""
    message = f"unknown key {key!r}; {nearest(key, allowed, meant)}"
    return PydanticCustomError(UNKNOWN_KEY, "{message}", {"message": message, "at": key})
