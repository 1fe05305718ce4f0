"""Claims: statements about a study's rows that its runs can confirm or contradict.

A claim is one comparison, or several that must all hold (`also`). docs/claims.md explains each.
Rows of the study stand by their names, others as study/row; families as their names, and one of
their runs as family/value.
"""

from collections import Counter
from typing import Annotated, Any

from pydantic import Field, model_validator

from ablate.settings.quantities import ACCURACY, Quantity
from ablate.settings.refusal import nearest, refuse
from ablate.settings.strict import Settings

Reference = Annotated[str, Field(min_length=1)]
References = Annotated[list[Reference], Field(min_length=1)]
Pair = Annotated[list[Reference], Field(min_length=2, max_length=2)]

# The key that says what is compared, and the keys that may stand beside it.
KINDS: dict[str, tuple[str, ...]] = {
    "order": ("by",),
    "best": ("among", "by"),
    "top": ("above", "by"),
    "contrast": ("by",),
    "alike": ("within",),
    "about": ("difference", "within"),
    "best_of": ("by", "within"),
    "at_least": (),
    "at_most": (),
    "collapsed": (),
}
BESIDE = {key for keys in KINDS.values() for key in keys}
# The keys that name rows.
NAMING = (
    *("best", "order", "among", "top", "above", "alike", "difference", "best_of", "collapsed"),
    *("contrast", "at_least", "at_most"),
)
REQUIRED = {"top": ("above",), "alike": ("within",), "about": ("difference", "within")}


def _named(value: Any) -> list[str]:
    """The rows that a key names: one, a list, a mapping by row, or lists of them."""
    return [value] if isinstance(value, str) else [n for one in value or () for n in _named(one)]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names[row]: factor for row, factor in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return value and names[value]


class Comparison(Settings):
    """One thing compared between rows; exactly one of order ... collapsed is given."""

    of: Quantity = ACCURACY
    order: Annotated[list[Reference], Field(min_length=2)] | None = Field(
        None, description="rows, each above the next"
    )
    best: Reference | None = Field(None, description="the row above each of `among`")
    among: References | None = Field(None, description="for best; all rows of the study unless set")
    top: References | None = Field(None, description="rows, each above each of `above`")
    above: References | None = None
    contrast: dict[str, float] | None = Field(
        None, description="row -> factor: the sum of factor x mean lies above 0", min_length=1
    )
    alike: Pair | None = Field(None, description="two rows that differ by less than `within`")
    about: float | None = Field(None, description="how much larger the first of `difference` is")
    difference: Pair | None = None
    best_of: Annotated[list[References], Field(min_length=2, max_length=2)] | None = Field(
        None, description="the best of the first rows is above the best of the second"
    )
    at_least: dict[str, float] | None = Field(None, description="row -> bound", min_length=1)
    at_most: dict[str, float] | None = Field(None, description="row -> bound", min_length=1)
    collapsed: References | None = Field(None, description="rows whose runs all stay at chance")
    by: float = Field(0.0, description="how far above: more than so much")
    within: float | None = Field(None, gt=0, description="how far alike, or about, reaches")

    @property
    def kind(self) -> str:
        """Which comparison this is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def references(self) -> list[str]:
        """Every row or family that it names, each once."""
        return list(dict.fromkeys(n for key in NAMING for n in _named(getattr(self, key))))

    def renamed(self, names: dict[str, str]) -> "Comparison":
        """The same of rows of other names."""
        given = {key: getattr(self, key) for key in NAMING}
        return self.model_copy(update={k: _renamed(v, names) for k, v in given.items()})

    @model_validator(mode="after")
    def _one_kind(self) -> "Comparison":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise refuse(f"found {found} of the comparisons, one is needed: {', '.join(KINDS)}")
        kind = given[0]
        # The best of some rows may be named among them.
        sides = (key for key in NAMING if key != "best")
        named = Counter(name for key in sides for name in _named(getattr(self, key)))
        if repeated := [name for name, times in named.items() if times > 1]:
            raise refuse(f"{kind} names {repeated[0]!r} twice: a row is compared with others")
        if kind == "best" and self.among is not None and {*self.among} == {self.best}:
            raise refuse(f"best names no row but {self.best!r}: a row is compared with others")
        fields = type(self).model_fields
        beside = {key for key in BESIDE if getattr(self, key) != fields[key].default}
        wrong = sorted(beside - set(KINDS[kind]))
        if wrong:
            raise refuse(
                f"{wrong[0]!r} does not go with {kind}; {nearest(wrong[0], [*KINDS[kind]])}"
            )
        for key in REQUIRED.get(kind, ()):
            if getattr(self, key) is None:
                raise refuse(f"{kind} needs {key!r} beside it")
        if self.by and self.within is not None:
            raise refuse(
                "'by' does not go with 'within': within asks whether the two are alike, by how far "
                "one is above; leave one of them out"
            )
        if kind == "collapsed" and self.of != ACCURACY:
            raise refuse("'of' does not go with collapsed: that is judged by accuracy alone")
        return self


class Claim(Comparison):
    """A statement in words, and the comparisons it consists of."""

    says: str = Field(min_length=1, description="the statement in words, as pages show it")
    matters: float = Field(
        1.0, gt=0, description="the smallest difference that would matter, for counting seeds"
    )
    also: list[Comparison] = Field([], description="further comparisons, which must hold too")

    @property
    def comparisons(self) -> list[Comparison]:
        """All of them."""
        return [self, *self.also]
