"""Fills the page templates that lie beside this module."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# Every value is escaped; an unknown one is an error rather than an empty place.
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, request: dict, title: str, **values: Any) -> str:
    """The page of `template` (a name without .html.jinja), with what all pages show.

    The request's `note` (this is a demo) and `stale` (what is out of date) stand above all else.
    """
    return _TEMPLATES.get_template(f"{template}.html.jinja").render(
        title=title,
        note=request.get("note"),
        stale=request.get("stale") or [],
        **values,
    )
