"""What a figure of the report shows, and how it can be asked to look."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ablate.settings import own
from ablate.settings.arguments import own_arguments
from ablate.settings.refusal import refuse, shown
from ablate.settings.strict import Settings
from ablate.settings.study import Delta

# What a figure of one's own is given by the names of its function's arguments; others are options.
DRAWN_FROM = ("runs", "families", "tables", "images", "weights")


class Member(Settings):
    """A run that stands in no table, for a figure's sake."""

    recipe: str
    set: Delta = Field({})


def _shown_run(written: Any) -> Any:
    if isinstance(written, dict):
        return Member.model_validate(written)
    if isinstance(written, str | Member):
        return written
    raise refuse(f"found {shown(written)}, study/row or a mapping with a recipe is needed")


class Figure(Settings):
    """What a figure of the report shows. Rows are written study/row."""

    title: str
    section: str = ""
    caption: str = ""
    draw: str | None = Field(
        None,
        pattern=own.NAME,
        description="a function of one's own that draws it, file.name; without it the figure of "
        "the library that is called as it is",
    )
    runs: dict[str, Annotated[str | Member, BeforeValidator(_shown_run)]] = Field(
        {}, description="label -> study/row, or recipe and set"
    )
    best_of: str | None = Field(None, description="a study: its most accurate run is shown")
    families: list[str] = Field([])
    tables: list[str] = Field([], description="tables it is drawn from")
    images: bool = Field(False, description="whether it shows images of the data")
    options: dict[str, Any] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _options(cls, written: Any) -> Any:
        if not isinstance(written, dict) or not own.is_own(written.get("draw")):
            return written
        draw, given = written["draw"], written.get("options")
        known = own.signature(draw, by_name=DRAWN_FROM)
        return {**written, "options": own_arguments(draw, given, known, within="options")}


class FigureOptions(Settings):
    """Every option that there is; which of them a figure takes, its NEEDS says."""

    every: int = Field(None, ge=1, description="draw the steps that this number divides")
    window: int | None = Field(
        None, ge=1, description="smooth over so many drawn steps; odd, 1: not at all"
    )
    smoothing: Literal["median", "mean"] = Field(None)
    scale: Literal["linear", "log"] = Field(None, description="of the measured axis")
    columns: int = Field(None, ge=1, le=100, description="images of each class")
    count: int = Field(None, ge=1, le=1000, description="images at most")
    image: int = Field(None, ge=0, description="which image of its class, from 0")

    @field_validator("window")
    @classmethod
    def _odd(cls, window: int) -> int:
        if window % 2 == 0:
            raise refuse(f"found {window}, an odd number is needed")
        return window
