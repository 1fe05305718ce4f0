"""A study: what it is called, its rows, and how they are compared."""

from typing import Literal

from pydantic import Field

from ablate.requests.asked import Asked, Part
from ablate.requests.runs import ShownRun
from ablate.settings.elsewhere import Elsewhere
from ablate.settings.study import Noise


class Heading(Part):
    """What a study is called."""

    name: str
    title: str
    section: str = ""
    question: str = ""

    @property
    def numbered(self) -> str:
        """Its title after the number of its section."""
        return " ".join(part for part in (self.section, self.title) if part)


class AskedRow(ShownRun):
    """A row of a study.

    Attributes:
        run: "" of a row that was measured elsewhere, which has no seeds either.
        elsewhere: what was measured there; None of a row whose runs are trained here.
        control: the row that it is compared with.
        levels: in a grid, what the row is along each factor.
        paired: whether it shares its first weights and the order of its data with its control.
        differs_by: the settings in which it differs from its control.
        reported: accuracy, %.
        crop: height and width of what it sees of each training image, where that is not all.
    """

    name: str
    elsewhere: Elsewhere | None = None
    control: str | None = None
    levels: tuple[str, ...] = ()
    paired: bool = False
    differs_by: tuple[str, ...] = ()
    reported: float | None = None
    reported_seconds: float | None = None
    reported_seconds_is: Literal["exact", "approx", "at least"] = "exact"
    crop: tuple[int, int] | None = None

    @property
    def confounded(self) -> bool:
        """Whether it differs from its control in more than one setting."""
        return len(self.differs_by) > 1


class AskedStudy(Heading, Asked):
    """A study with its rows, for its table, figure, answer and page.

    Attributes:
        control: the row that all others are compared with; None where each has its own, or none.
        noise: of single runs, where it may be used.
        variance: one scatter for all rows, or each its own.
        matters: percentage points within which two rows count as alike.
        data_name: what the data is called; image_side: in pixels, where it is known.
        reported_elsewhere: the other data that the report's numbers are of, which are left out.
        factors: of a grid, name -> levels; level_labels: what levels are called.
        partial: whether rows may lack runs.
    """

    kind: Literal["study"] = "study"
    rows: tuple[AskedRow, ...]
    control: str | None = None
    noise: Noise | None = None
    variance: Literal["auto", "pooled", "welch"] = "auto"
    matters: float = 1.0
    preset: str = "paper"
    data_name: str = ""
    image_side: int | None = None
    reported_elsewhere: str | None = None
    factors: dict[str, tuple[str, ...]] = Field({})
    level_labels: dict[str, str] = Field({})
    partial: bool = False
