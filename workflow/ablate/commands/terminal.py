"""Text in a terminal."""

from rich.console import Console


def say(console: Console, text: str) -> None:
    """Print text as it stands: unbroken and uncoloured, so that it can be copied and searched."""
    console.print(text, soft_wrap=True, highlight=False, markup=False)
