"""Writes a page of the report: `python -m ablate.steps.page KIND --request JSON --out PAGE`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ablate.errors import AblateError
from ablate.files import write_whole
from ablate.report import overview, plain, runs, study, table

PAGES = {
    "overview": overview.page,
    "study": study.page,
    "runs": runs.page,
    "table": table.page,
    "markdown": plain.page,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page the command line names; 1 where it cannot be written."""
    parser = argparse.ArgumentParser(prog="ablate.steps.page", description=__doc__)
    parser.add_argument("kind", choices=PAGES)
    parser.add_argument("--request", required=True, type=json.loads, help="what to show, as JSON")
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args(argv)
    try:
        text = PAGES[arguments.kind](arguments.request)
        with write_whole(arguments.out) as draft:
            draft.write_text(text, encoding="utf-8")
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
