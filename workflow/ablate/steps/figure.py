"""Draws one figure: `python -m ablate.steps.figure NAME --request JSON --out NAME.png`."""

import argparse
import difflib
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ablate import figures
from ablate.errors import AblateError
from ablate.figures import style


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the figure the command line names; 1 where it cannot be drawn."""
    parser = argparse.ArgumentParser(prog="ablate.steps.figure", description=__doc__)
    parser.add_argument("name", help="a module of ablate.figures, or study_STUDY")
    parser.add_argument("--request", required=True, type=json.loads, help="what to draw, as JSON")
    parser.add_argument("--out", required=True, type=Path, help="the PNG; the SVG goes beside it")
    arguments = parser.parse_args(argv)
    try:
        draw(arguments.name, arguments.request, arguments.out)
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def draw(name: str, request: dict, out: Path) -> None:
    """Draw figure `name`, mark it with the request's note and write PNG and SVG.

    Raises:
        AblateError: there is no such figure, what it needs is missing, or it cannot be written.
    """
    module = drawing(name)
    request = literal(request)
    with style.applied():
        figure = module.draw(request)
        style.stamp(figure, request.get("note"))
        style.save(figure, out)


def literal(request: Any) -> Any:
    """A request with its text kept letter by letter: matplotlib reads a formula between two $."""
    if isinstance(request, dict):
        return {k: v if k == "results" else literal(v) for k, v in request.items()}
    if isinstance(request, list):
        return [literal(part) for part in request]
    return request.replace("$", r"\$") if isinstance(request, str) else request


def drawing(name: str) -> ModuleType:
    """The module that draws figure `name`.

    Raises:
        AblateError: there is none.
    """
    module = "study" if name.startswith("study_") else name
    known = sorted(path.stem for path in Path(figures.__file__).parent.glob("[a-z]*.py"))
    if module in known:
        imported = importlib.import_module(f"ablate.figures.{module}")
        if hasattr(imported, "draw"):
            return imported
    near = difflib.get_close_matches(module, known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise AblateError(f"There is no figure {name!r}.{hint} There are: {', '.join(known)}.")


if __name__ == "__main__":
    sys.exit(main())
