"""What a study asks: rows that differ from a recipe in stated settings."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ablate.settings.claims import Claim
from ablate.settings.elsewhere import MeasuredElsewhere, of_shares
from ablate.settings.observers import ObserverNames
from ablate.settings.refusal import refuse, shown
from ablate.settings.run import in_set
from ablate.settings.seeds import Seeds
from ablate.settings.strict import Settings

ROW_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]*")

Delta = dict[str, Any]


def _row_name(name: str) -> str:
    if not ROW_NAME.fullmatch(name):
        raise refuse(f"found {shown(name)}, a name may hold letters, digits and . _ = + -")
    return name


def _study_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise refuse(
            f"found {shown(name)}, a study's name may hold a-z, 0-9 and _, at most 60 characters"
        )
    return name


def _claim_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name):
        raise refuse(f"found {shown(name)}, a claim's name is made of letters, digits and . _ -")
    return name


def _axis(written: Any) -> Any:
    if not isinstance(written, dict | list):
        raise refuse(f"found {shown(written)}, a list of values or a mapping of names is needed")
    if not written:
        raise refuse("found none, at least one value is needed")
    for name in written if isinstance(written, dict) else ():
        _row_name(name)
    return written


RowName = Annotated[str, AfterValidator(_row_name)]
StudyName = Annotated[str, AfterValidator(_study_name)]
ClaimName = Annotated[str, AfterValidator(_claim_name)]
# The choices along one axis of a grid: name -> value, or values that name themselves.
Axis = Annotated[dict[str, Any] | list[Any], BeforeValidator(_axis)]


# What only a training can follow.
TRAINED_BY = ("set", "recipe", "seeds")


class Row(Settings):
    """One row of a study's table: a recipe, changed by `set`; or what was measured elsewhere."""

    set: Delta = Field({}, description="setting path -> value: what this row changes")
    recipe: str | None = Field(None, description="instead of the study's")
    label: str | None = Field(None, description="what tables and figures call it")
    reported: float | None = Field(None, ge=0, le=100, description="accuracy to compare with, %")
    reported_seconds: float | None = Field(None, gt=0)
    reported_seconds_is: Literal["exact", "approx", "at least"] = "exact"
    control: bool | str = Field(
        False,
        description="true: the row that the others are compared with; or the name of the row "
        "that this one is compared with",
    )
    seeds: Seeds | None = None
    measured: MeasuredElsewhere = Field(
        None, description="accuracies from elsewhere, %, one for each run: nothing is trained"
    )

    @classmethod
    def meant(cls, key: str, written: dict[str, Any]) -> str | None:
        """A setting belongs into `set`."""
        return in_set(key) or super().meant(key, written)

    @model_validator(mode="after")
    def _trained_or_measured(self) -> "Row":
        given = [key for key in TRAINED_BY if getattr(self, key)]
        if self.measured is not None and given:
            raise refuse(
                f"found {' and '.join(given)} beside measured: a row that was measured elsewhere "
                "is not trained here; remove one of the two"
            )
        return self


class Repeated(Settings):
    """A row that the report itself ran several times."""

    row: str = Field(description="study/row")
    mean: float = Field(ge=0, le=100)
    n: int = Field(ge=2)


class Noise(Settings):
    """How far single runs of one setting scatter, where one seed is all there is.

    It is believed only where it was measured: `preset`, `data` and `epochs`, where given, must be
    those of the runs.
    """

    sd: float = Field(gt=0, description="standard deviation of best accuracy, percentage points")
    df: int = Field(ge=1, description="degrees of freedom behind it")
    source: str = Field("", description="where it was measured, in words")
    preset: str | None = None
    data: str | None = Field(None, description="such as CIFAR-10: all of it, none held out")
    epochs: int | None = Field(None, ge=1, description="the fewest epochs of a run")
    repeated: Repeated | None = None


class Study(Settings):
    """A question: its rows, what each changes, and what a report said of them."""

    title: str
    section: str = ""
    question: str = ""
    recipe: str | None = Field(
        None, description="what every row starts from that is trained and names no other"
    )
    set: Delta = Field({})
    rows: dict[RowName, Row] = Field({})
    grid: dict[str, Axis] = Field({}, description="setting path -> its values; crossed with rows")
    reported: dict[RowName, Annotated[float, Field(ge=0, le=100)]] = Field(
        {}, description="row -> accuracy, instead of the row's own; for rows that a grid spells"
    )
    reported_on: str | None = Field(
        None,
        description="the data that the reported numbers are of, such as CIFAR-10; beside results "
        "on other data they are not shown",
    )
    control: str | None = Field(
        None,
        description="a row's name; in a grid a level, and each row is compared with the one of "
        "that level that is like it in all else",
    )
    seeds: Seeds | None = None
    observers: ObserverNames = Field([], description="what watches its runs at each step")
    noise: Noise | None = None
    variance: Literal["auto", "pooled", "welch"] = Field(
        "auto",
        description="one scatter for all rows, or each its own, of which a row of one run tells "
        "nothing; auto: pooled where a row has fewer than 5 seeds",
    )
    matters: float = Field(
        1.0, gt=0, description="percentage points within which two rows count as alike"
    )
    claims: dict[ClaimName, Claim] = Field({}, description="statements that the runs can test")

    @classmethod
    def meant(cls, key: str, written: dict[str, Any]) -> str | None:
        """A row that stands beside the rows belongs among them, a setting into `set`."""
        value = written[key]
        is_row = isinstance(value, dict) and value and value.keys() <= Row.model_fields.keys()
        return f"rows.{key}" if is_row else in_set(key) or super().meant(key, written)

    @model_validator(mode="after")
    def _some_rows(self) -> "Study":
        if not self.rows and not self.grid:
            raise refuse("found none, a study needs at least one row or a grid", "rows")
        return self

    @model_validator(mode="after")
    def _reported_in_percent(self) -> "Study":
        of_rows = {f"rows.{name}.reported": row.reported for name, row in self.rows.items()}
        given = of_rows | {f"reported.{name}": value for name, value in self.reported.items()}
        found = {place: value for place, value in given.items() if value is not None}
        if fault := of_shares([*found.values()]):
            raise refuse(fault, next(iter(found)))
        return self

    @model_validator(mode="after")
    def _some_recipe(self) -> "Study":
        trained = [row for row in self.rows.values() if row.measured is None]
        if self.recipe is None and (self.grid or any(row.recipe is None for row in trained)):
            raise refuse("this key is missing", "recipe")
        return self

    @model_validator(mode="after")
    def _no_grid_of_measured_rows(self) -> "Study":
        for name, row in self.rows.items() if self.grid else ():
            if row.measured is not None:
                raise refuse(
                    "a grid crosses its rows with settings, which a row that was measured "
                    "elsewhere has none of; put it in a study without a grid",
                    f"rows.{name}.measured",
                )
        return self

    def without_reported(self) -> "Study":
        """The same question without what a report said of its rows."""
        nothing = {"reported": None, "reported_seconds": None, "reported_seconds_is": "exact"}
        rows = {name: row.model_copy(update=nothing) for name, row in self.rows.items()}
        noise = self.noise and self.noise.model_copy(update={"repeated": None})
        return self.model_copy(update={"rows": rows, "reported": {}, "noise": noise})


class Family(Settings):
    """Runs that differ in one setting, drawn together as a band."""

    label: str
    recipe: str
    set: Delta = Field({})
    over: dict[str, Annotated[list[Any], Field(min_length=1)]] = Field(min_length=1, max_length=1)
    observers: ObserverNames = Field([])
    seeds: Seeds | None = None
