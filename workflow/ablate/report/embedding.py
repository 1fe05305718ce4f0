"""Figures inside a page, so that one file is the whole page."""

import base64
from pathlib import Path

from ablate.errors import AblateError

# A drawing of more bytes is slower to show than its PNG.
LARGEST_SVG = 400_000


def embedded(png: Path) -> str:
    """A figure as a data URI: its SVG if that is small, else the PNG.

    Raises:
        AblateError: the figure has not been drawn.
    """
    svg = png.with_suffix(".svg")
    if svg.exists() and svg.stat().st_size <= LARGEST_SVG:
        return _uri("image/svg+xml", svg)
    if not png.exists():
        raise AblateError(f"{png} is not there. Draw it first: snakemake --cores 1 {png}")
    return _uri("image/png", png)


def _uri(kind: str, path: Path) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
