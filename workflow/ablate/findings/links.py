"""What a claim asserts, taken apart: contrasts of row means that lie above a bound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ablate.findings.words import MINUS, typeset
from ablate.settings.claims import Comparison


@dataclass(frozen=True)
class Above:
    """The sum of weight x mean over rows lies above `bound`, or below it."""

    text: str
    weights: dict[str, float]
    bound: float = 0.0
    below: bool = False


@dataclass(frozen=True)
class BestAbove:
    """The largest mean of `these` lies above the largest of `those` by more than `bound`."""

    text: str
    these: tuple[str, ...]
    those: tuple[str, ...]
    bound: float = 0.0


Asserted = Above | BestAbove


def links(comparison: Comparison, labels: Mapping[str, str]) -> list[Asserted]:
    """The links of one comparison, all of which must hold.

    Args:
        comparison: of any kind but collapsed, which compares no means.
        labels: what each row is called.
    """
    return SPELLED[comparison.kind](comparison, labels)


def _order(written: Comparison, labels: Mapping[str, str]) -> list[Asserted]:
    return [_pair(*pair, written.by, labels) for pair in pairwise(written.order)]


def _best(written: Comparison, labels: Mapping[str, str]) -> list[Asserted]:
    best = written.best
    others = [row for row in written.among if row != best]
    return [_pair(best, other, written.by, labels) for other in others]


def _top(written: Comparison, labels: Mapping[str, str]) -> list[Asserted]:
    return [
        _pair(member, other, written.by, labels)
        for member in written.top
        for other in written.above
    ]


def _contrast(written: Comparison, labels: Mapping[str, str]) -> list[Asserted]:
    weights = written.contrast
    terms = " ".join(f"{_factor(weight)} {labels[row]}" for row, weight in weights.items())
    text = f"{terms.removeprefix('+ ')} > {_plain(written.by)}"
    return [Above(text, dict(weights), written.by)]


def _between(
    rows: list[str], middle: float, within: float, labels: Mapping[str, str]
) -> list[Asserted]:
    """Two one-sided links: the difference lies above one end and below the other."""
    row, other = rows
    name = f"{labels[row]} {MINUS} {labels[other]}"
    low, high = middle - within, middle + within
    return [
        Above(f"{name} > {_plain(low)}", {row: 1.0, other: -1.0}, low),
        Above(f"{name} < {_plain(high)}", {row: 1.0, other: -1.0}, high, below=True),
    ]


def _best_of(written: Comparison, labels: Mapping[str, str]) -> list[Asserted]:
    these, those = (tuple(rows) for rows in written.best_of)
    first, second = (_best_among([labels[row] for row in rows]) for rows in (these, those))
    margin = written.within
    if margin is None:
        text = f"{first} > {second}" + _by(written.by)
        return [BestAbove(text, these, those, written.by)]
    return [
        BestAbove(f"{first} > {second} {MINUS} {margin:g}", these, those, -margin),
        BestAbove(f"{second} > {first} {MINUS} {margin:g}", those, these, -margin),
    ]


def _bounded(
    bounds: Mapping[str, float], labels: Mapping[str, str], below: bool = False
) -> list[Asserted]:
    sign = "<" if below else ">"
    return [
        Above(f"{labels[row]} {sign} {_plain(bound)}", {row: 1.0}, bound, below)
        for row, bound in bounds.items()
    ]


def _pair(row: str, other: str, by: float, labels: Mapping[str, str]) -> Above:
    text = f"{labels[row]} > {labels[other]}{_by(by)}"
    return Above(text, {row: 1.0, other: -1.0}, by)


def _by(by: float) -> str:
    return f" by {_plain(by)}" if by else ""


def _best_among(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"best of {labels[0]} to {labels[-1]}"


def _plain(value: float) -> str:
    return typeset(f"{value:g}")


def _factor(weight: float) -> str:
    sign, size = (MINUS if weight < 0 else "+"), abs(weight)
    return sign if size == 1 else f"{sign} {size:g} ×"


SPELLED: dict[str, Callable[[Comparison, Mapping[str, str]], list[Asserted]]] = {
    "order": _order,
    "best": _best,
    "top": _top,
    "contrast": _contrast,
    "alike": lambda written, labels: _between(written.alike, 0.0, written.within, labels),
    "about": lambda written, labels: _between(
        written.difference, written.about, written.within, labels
    ),
    "best_of": _best_of,
    "at_least": lambda written, labels: _bounded(written.at_least, labels),
    "at_most": lambda written, labels: _bounded(written.at_most, labels, below=True),
}
