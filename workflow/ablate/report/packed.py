"""Parts of the site's data: compressed, within a budget, unpacked by the page by need."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from typing import Any

LEVEL = 9


def packed(value: Any) -> str:
    """`value` as compact JSON (a text as it stands), gzipped, in base64: always the same bytes."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), LEVEL, mtime=0)).decode()


def within(parts: Iterable[tuple[str, Callable[[], Any]]], budget: int) -> dict[str, str]:
    """Parts, packed, for as long as they fit into `budget` bytes; what comes after is left out.

    A part that is left out after another is never made.
    """
    kept: dict[str, str] = {}
    for name, make in parts:
        text = packed(make())
        if len(text) > budget:
            break
        budget -= len(text)
        kept[name] = text
    return kept
