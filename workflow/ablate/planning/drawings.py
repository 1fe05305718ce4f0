"""What each module of ablate.figures draws from, to be told before anything is trained for it.

A module says so itself, in a mapping of plain values named NEEDS. It is read from the module's
text: importing it would load matplotlib.
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ablate.errors import AblateError
from ablate.planning import code
from ablate.settings.named import nearest
from ablate.settings.study import Figure

NEEDS = re.compile(r"^NEEDS = ({.*?})$", re.MULTILINE | re.DOTALL)
# Drawn for every study, without a mention in config.yaml.
STUDY = "study"


class Needs(BaseModel):
    """What a figure needs.

    Attributes:
        shows: what it is drawn from, "" for nothing.
        images: whether it shows images of the data.
        observer: what must have watched its runs, "" for nothing.
        weights: whether it draws weights, for which its runs must have kept them.
        options: what can be set under options.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shows: Literal["", "runs", "families", "summary"] = ""
    images: bool = False
    observer: str = ""
    weights: bool = False
    options: tuple[str, ...] = ()


def figures() -> list[str]:
    """The figures that config.yaml can ask for: each a module of ablate.figures that draws."""
    return [name for name in code.modules("ablate.figures", "def draw(request") if name != STUDY]


@cache
def needs(figure: str) -> Needs:
    """What a figure's module says that it needs."""
    stated = NEEDS.search(code.source(f"ablate.figures.{figure}").read_text())
    return Needs.model_validate(ast.literal_eval(stated[1]) if stated else {})


def check(name: str, figure: Figure, observers: Mapping[str, set[str]]) -> None:
    """Refuse a figure that nothing draws, or that its module could not draw.

    Args:
        observers: what watches each of its runs, or all runs of a family.

    Raises:
        AblateError: it lacks something, or has an option that it does not take.
    """
    place = f"figures.{name}"
    if name not in figures():
        raise AblateError(f"figures: unknown figure {name!r}; {nearest(name, figures())}")
    needed = needs(name)
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
        if option not in needed.options:
            hint = nearest(option, list(needed.options))
            raise AblateError(f"{place}.options: unknown key {option!r}; {hint}")
