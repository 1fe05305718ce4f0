"""The tables of the whole report; a study's table is asked for by the study itself."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from ablate.requests.asked import Asked, Part
from ablate.requests.runs import ShownFamily, ShownRun
from ablate.requests.study import AskedStudy, Heading
from ablate.settings.study import Noise


class AskedChoice(Part):
    """A setting for which rows of a study compete.

    Attributes:
        rows: that compete; empty: all.
        reported: the row that the report picked.
        labels: what rows are called, where the study's own labels do not do.
        noise, variance: of the study.
    """

    setting: str
    study: str
    reported: str
    rows: tuple[str, ...] = ()
    labels: dict[str, str] = Field({})
    noise: Noise | None = None
    variance: Literal["auto", "pooled", "welch"] = "auto"


class AskedGroup(Part):
    """Settings that stand together."""

    name: str
    choices: tuple[AskedChoice, ...]


class WinnersTable(Asked):
    """The best choice of every setting."""

    kind: Literal["winners"] = "winners"
    title: str = "Best settings"
    section: str = ""
    groups: tuple[AskedGroup, ...]

    @property
    def choices(self) -> list[AskedChoice]:
        """Those of all groups."""
        return [choice for group in self.groups for choice in group.choices]


class BnMeasuresTable(Asked):
    """Measures over the learning rates of families, and along the gradient of probed runs."""

    kind: Literal["bn_measures"] = "bn_measures"
    families: tuple[ShownFamily, ...] = ()
    probed: tuple[ShownRun, ...] = ()


class SummaryTable(Asked):
    """Every row of these studies."""

    kind: Literal["summary"] = "summary"
    studies: tuple[Heading, ...]


class ClaimsTable(Asked):
    """What became of the claims of these studies; runs: that stand behind the verdicts."""

    kind: Literal["claims"] = "claims"
    studies: tuple[Heading, ...]
    runs: tuple[ShownRun, ...] = ()


# A study's, and every table of the whole report.
_TABLES = AskedStudy | WinnersTable | BnMeasuresTable | SummaryTable | ClaimsTable
Table = Annotated[_TABLES, Field(discriminator="kind")]
# By the module of ablate.tables that makes it.
KINDS: dict[str, type[Asked]] = {
    each.model_fields["kind"].default: each for each in get_args(_TABLES)
}
# No study may have the name of a table of the whole report, nor of the file beside them.
RESERVED = {*KINDS, "findings"} - {"study"}
