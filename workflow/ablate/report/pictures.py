"""Figures inside the site: drawings as SVG, what is too large for that as a smaller picture."""

import base64
import io
from pathlib import Path

from PIL import Image

# A drawing of more bytes is slower to show, and larger, than a picture of it.
LARGEST_SVG = 60_000
WIDTH = 1200  # pixels
QUALITY = 80


def picture(png: Path) -> str:
    """A figure as a data URI: its SVG if that is small, else a picture of at most WIDTH pixels."""
    svg = png.with_suffix(".svg")
    if svg.exists() and svg.stat().st_size <= LARGEST_SVG:
        return _uri("image/svg+xml", svg.read_bytes())
    return _uri("image/webp", _smaller(png))


def _smaller(png: Path) -> bytes:
    Image.MAX_IMAGE_PIXELS = None  # our own file, however large a study is
    with Image.open(png) as image:
        image = image.convert("RGB")
        if image.width > WIDTH:
            image = image.resize((WIDTH, max(1, round(image.height * WIDTH / image.width))))
        file = io.BytesIO()
        image.save(file, "WEBP", quality=QUALITY)
        return file.getvalue()


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
