"""Figures: those that config.yaml lists, and one a study."""

from typing import Any, Literal

from pydantic import Field

from ablate.requests.asked import Asked
from ablate.requests.runs import ShownFamily, ShownRun
from ablate.requests.study import AskedStudy


class Drawing(Asked):
    """A figure that config.yaml lists.

    Attributes:
        name: of the figure, and of the module that draws it unless `draw` says otherwise.
        draw: a function of one's own that draws it, file.name.
        missing: whether none of its runs is there yet.
        tables: that it is drawn from.
        options: the figure's own; its `NEEDS` says which there are.
        partial: whether it may be drawn of what is there, and weights may be gone; `runs` and
            `families` hold no others then.
        at_least: (study, row) of every reported time that is a lower bound, for a figure of times.
    """

    name: str
    title: str = ""
    caption: str = ""
    draw: str | None = None
    missing: bool = False
    runs: tuple[ShownRun, ...] = ()
    families: tuple[ShownFamily, ...] = ()
    tables: tuple[str, ...] = ()
    options: dict[str, Any] = Field({})
    partial: bool = False
    at_least: tuple[tuple[str, str], ...] = ()

    @property
    def module(self) -> str:
        """Of ablate.figures."""
        return self.name if self.draw is None else "own"


class StudyDrawing(Asked):
    """A study's comparison."""

    name: str
    study: AskedStudy
    missing: Literal[False] = False
    module: Literal["study"] = "study"
