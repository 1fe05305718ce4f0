"""Which rows compete in the table of best settings."""

from pydantic import Field

from ablate.settings.strict import Settings


class Choice(Settings):
    """One line of the table of winners: the rows of a study that compete for a setting."""

    study: str
    rows: list[str] = Field([], description="empty: all")
    reported: str


class Winners(Settings):
    """The report's table of best settings."""

    title: str = "Best settings"
    section: str = ""
    groups: dict[str, dict[str, Choice]] = Field({})
