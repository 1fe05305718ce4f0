"""What each module of ablate.figures draws from, to be told before anything is trained for it.

A module says so itself, in a mapping of plain values named NEEDS. It is read from the module's
text: importing it would load matplotlib.
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ablate.errors import AblateError
from ablate.planning import code, known
from ablate.settings import own
from ablate.settings.figure import DRAWN_FROM, Figure, FigureOptions
from ablate.settings.message import sentence
from ablate.settings.refusal import nearest, shown

NEEDS = re.compile(r"^NEEDS = ({.*?})$", re.MULTILINE | re.DOTALL)
# Drawn for every study, without a mention in config.yaml; and what calls functions of one's own.
UNLISTED = ("study", "own")
# A name is that of files, beside those of studies and of narrow variants.
NAME = re.compile(r"(?!study_)[a-z][a-z0-9_]{0,59}(?<!_narrow)")


class Needs(BaseModel):
    """What a figure needs.

    Attributes:
        shows: what it is drawn from, "" for nothing.
        images: whether it shows images of the data; classes: whether it names their classes.
        observer: what must have watched its runs, "" for nothing.
        weights: whether it draws weights, for which its runs must have kept them.
        options: what can be set under options; ablate.settings.figure says to what.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shows: Literal["", "runs", "families", "summary"] = ""
    images: bool = False
    classes: bool = False
    observer: str = ""
    weights: bool = False
    options: tuple[str, ...] = ()


def figures() -> list[str]:
    """The figures that config.yaml can ask for: each a module of ablate.figures that draws."""
    drawing = code.modules("ablate.figures", "def draw(request")
    return [name for name in drawing if name not in UNLISTED]


def needs(name: str, figure: Figure) -> Needs:
    """What a figure needs: its module says so, or the arguments of a function of one's own."""
    if figure.draw is None:
        return _stated(name)
    given = _given(figure.draw)
    return Needs(images="images" in given, weights="weights" in given)


@cache
def _stated(figure: str) -> Needs:
    stated = NEEDS.search(code.source(f"ablate.figures.{figure}").read_text(encoding="utf-8"))
    return Needs.model_validate(ast.literal_eval(stated[1]) if stated else {})


def check(name: str, figure: Figure, observers: Mapping[str, set[str]]) -> None:
    """Refuse a figure that nothing draws, or that its module could not draw.

    Args:
        observers: what watches each of its runs, or all runs of a family.

    Raises:
        AblateError: it lacks something, or has an option, or a value of one, that it does not take.
    """
    place = f"figures.{name}"
    if figure.draw is not None:
        return _check_own(name, figure)
    if name not in figures():
        raise AblateError(
            f"figures: unknown figure {name!r}; {nearest(name, figures())}, or any other name with "
            "draw: file.name, a function of your own"
        )
    needed = needs(name, figure)
    if needed.shows == "summary" and "summary" not in figure.tables:
        raise AblateError(f"{place}.tables: this figure is drawn from the table summary: list it")
    if needed.shows == "runs" and not (figure.runs or figure.best_of):
        raise AblateError(
            f"{place}.runs: found none, this figure is drawn from runs: list study/row"
        )
    if needed.shows == "families" and not figure.families:
        raise AblateError(
            f"{place}.families: found none, this figure is drawn from families of runs"
        )
    if needed.images and not figure.images:
        raise AblateError(f"{place}.images: this figure shows images of the data: write true")
    for label, watching in observers.items() if needed.observer else ():
        if needed.observer not in watching:
            raise AblateError(
                f"{place}: {label} is not watched by {needed.observer!r}, from which this is "
                "drawn; add it under observers, where that run or family is described"
            )
    for option in figure.options:
        known.check(f"{place}.options", "key", option, needed.options)
    try:
        FigureOptions.model_validate(figure.options)
    except ValidationError as error:
        raise AblateError(sentence(error, f"{place}.options")) from None


def _check_own(name: str, figure: Figure) -> None:
    """Refuse a figure of one's own that is named like no file, or lists nothing to draw from."""
    place = f"figures.{name}"
    if name in figures():
        raise AblateError(
            f"{place}: ablate has a figure of this name: give yours another, or leave out draw"
        )
    if not NAME.fullmatch(name):
        raise AblateError(
            f"figures: found {shown(name)}, but a figure's name may hold a-z, 0-9 and _, at most "
            "60 characters; it begins with a letter, but not with study_, and does not end with "
            "_narrow"
        )
    listed = {
        "runs": bool(figure.runs or figure.best_of),
        "families": bool(figure.families),
        "tables": bool(figure.tables),
        "images": figure.images,
        "weights": bool(figure.runs or figure.best_of),
    }
    for argument in _given(figure.draw):
        if not listed[argument]:
            key = "runs" if argument == "weights" else argument
            listing = "write true" if key == "images" else "list them"
            raise AblateError(
                f"{place}.{key}: found none, but {figure.draw} takes {argument}: {listing}"
            )


def _given(draw: str) -> list[str]:
    """The arguments of a function of one's own that are no options."""
    return [name for name in own.signature(draw) or {} if name in DRAWN_FROM]
