"""The report: the interactive site, and the same in plain Markdown."""

from typing import Any, Literal

from pydantic import Field

from ablate.paths import TrainingId
from ablate.requests.asked import Asked, Part
from ablate.requests.study import AskedStudy, Heading
from ablate.requests.table import Table


class ListedFigure(Part):
    """A figure as a page shows it."""

    name: str
    title: str
    section: str = ""
    caption: str = ""


class Accepted(Part):
    """A product that a user took as it was, though its code had changed; when: ISO 8601, UTC."""

    product: str
    when: str


class _Report(Asked):
    """What both say.

    Attributes:
        data: settings of the data, seeds: of all trainings; the report is made anew where they
            change.
    """

    preset: str = "paper"
    data: dict[str, Any] = Field({})
    seeds: tuple[int, ...] = ()
    figures: tuple[ListedFigure, ...] = ()
    accepted: tuple[Accepted, ...] = ()


class Site(_Report):
    """One interactive page.

    Attributes:
        runs: every training.
        tables: that are no study's.
        config: as it was understood, as YAML.
    """

    kind: Literal["site"] = "site"
    studies: tuple[AskedStudy, ...]
    runs: tuple[TrainingId, ...] = ()
    tables: tuple[Table, ...] = ()
    config: str | None = None


class Plain(_Report):
    """All tables and figures in one Markdown file; tables: names of those that are no study's."""

    kind: Literal["markdown"] = "markdown"
    studies: tuple[Heading, ...]
    tables: tuple[str, ...] = ()
