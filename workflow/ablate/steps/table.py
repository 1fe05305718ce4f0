"""Makes a table: `python -m ablate.steps.table KIND --request JSON --out TABLE.csv`.

KIND names a module of ablate.tables. Markdown and LaTeX are written beside the CSV.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from ablate.errors import AblateError

KINDS = ("study", "winners", "summary", "bn_measures")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ablate.steps.table", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--request", required=True, type=json.loads, help="what to show, as JSON")
    parser.add_argument("--out", required=True, type=Path, help="a path that ends in .csv")
    arguments = parser.parse_args(argv)
    try:
        make(arguments.kind, arguments.request, arguments.out)
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def make(kind: str, request: dict, out: Path) -> None:
    """Write the table to `out` (.csv), .md and .tex.

    A module with `page(request) -> (frame, Page)` lays its page out itself; of one that has only
    `table(request) -> frame` all columns are shown.

    Raises:
        AblateError: what the table is made from is absent or damaged, or `out` is no .csv.
    """
    if out.suffix != ".csv":
        raise AblateError(f"--out: found {out}, a path ending in .csv is needed")
    from ablate.tables import formats

    module = importlib.import_module(f"ablate.tables.{kind}")
    if hasattr(module, "page"):
        frame, page = module.page(request)
    else:
        frame = module.table(request)
        page = formats.plain_page(frame, request, kind)
    formats.write(frame, page, out)


if __name__ == "__main__":
    sys.exit(main())
