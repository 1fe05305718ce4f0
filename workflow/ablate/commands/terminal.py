"""Text and tables in a terminal: where it is narrow, words fold and numbers stay whole."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table


def say(console: Console, text: str) -> None:
    """Print text as it stands: unbroken and uncoloured, so that it can be copied and searched."""
    console.print(text, soft_wrap=True, highlight=False, markup=False)


def grid(words: Iterable[str], numbers: Iterable[str], title: str | None = None) -> Table:
    """A table whose first columns hold words, and whose others hold numbers."""
    table = Table(title=title)
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def spoken(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
