"""Runs another step and writes down what made its product.

`python -m ablate.steps.recorded STEP --record PATH --code DIGEST --root RESULTS --request JSON
[--input PATH ...] -- ARGUMENTS OF THE STEP`: the step gets its arguments and the request; once it
has succeeded, the record appears with the digests of the inputs as they were before.
"""

import argparse
import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from ablate.errors import AblateError
from ablate.files import digest, write_whole


def main(argv: list[str] | None = None) -> int:
    """Run the step; 0 if it succeeded and its record is written."""
    arguments = _parse(argv)
    try:
        inputs = {str(p.relative_to(arguments.root)): digest(p) for p in arguments.input}
        request = {**arguments.request, "results": str(arguments.root), "code": arguments.code}
        step = importlib.import_module(arguments.step)
        code = step.main([*arguments.arguments, "--request", json.dumps(request)])
        if code:
            return code
        record = {
            "request": arguments.request,
            "code": arguments.code,
            "inputs": inputs,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with write_whole(arguments.record) as draft:
            draft.write_text(json.dumps(record, indent=1) + "\n")
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ablate.steps.recorded", description=__doc__)
    parser.add_argument("step")
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--request", type=json.loads, required=True)
    parser.add_argument("--input", type=Path, nargs="*", default=[])
    given = sys.argv[1:] if argv is None else argv
    end = given.index("--")
    return parser.parse_args(given[:end], argparse.Namespace(arguments=given[end + 1 :]))


if __name__ == "__main__":
    sys.exit(main())
