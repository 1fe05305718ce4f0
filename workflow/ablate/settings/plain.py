"""Refuses what YAML and JSON can bring into a config and no setting can mean."""

import unicodedata
from typing import Any

from ablate.errors import AblateError
from ablate.settings.refusal import shown

# Aliases can unfold a few lines into more than any memory holds.
MOST_VALUES = 100_000
DEEPEST = 30
LARGEST = 2**63
UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")


def check(config: Any) -> None:
    """Let pass mappings with text as keys, lists, text, numbers, true, false and null.

    Raises:
        AblateError: something else stands in the config, or it is beyond all measure.
    """
    _Walk().visit(config, "", 0)


class _Walk:
    def __init__(self) -> None:
        self.values = 0

    def visit(self, value: Any, place: str, depth: int) -> None:
        self.values += 1
        if depth > DEEPEST:
            _refuse(place.partition(".")[0], f"nested deeper than {DEEPEST} levels")
        if self.values > MOST_VALUES:
            _refuse(place.partition(".")[0], f"more than {MOST_VALUES:,} values")
        if isinstance(value, dict):
            for key, inner in value.items():
                _check_key(key, place)
                self.visit(inner, f"{place}.{key}" if place else key, depth + 1)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self.visit(inner, f"{place}.{index}", depth + 1)
        else:
            _check_leaf(value, place)


def _check_key(key: Any, place: str) -> None:
    if not isinstance(key, str):
        _check_leaf(key, place)
        _refuse(place, f'found the key {shown(key)}, which is not text: write "{key}", in quotes')
    _check_text(key, place)


def _check_leaf(value: Any, place: str) -> None:
    if isinstance(value, str):
        _check_text(value.translate({ord(char): " " for char in "\n\r\t"}), place)
    elif isinstance(value, int):
        if abs(value) >= LARGEST:
            _refuse(place, "found a whole number of more than 18 digits")
    elif value is not None and not isinstance(value, float):
        kind = type(value).__name__
        _refuse(place, f"YAML reads this as a {kind}; put text in quotes")


def _check_text(text: str, place: str) -> None:
    found = next((char for char in text if unicodedata.category(char) in UNPRINTABLE), None)
    if found is not None:
        _refuse(place, f"found the character U+{ord(found):04X}, which is not printable")


def _refuse(place: str, what: str) -> None:
    raise AblateError(f"{place}: {what}" if place else what)
