"""How the library's figures can be asked to look: the values that their options take."""

from typing import Literal

from pydantic import Field, field_validator

from ablate.settings.refusal import refuse
from ablate.settings.strict import Settings


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
