"""Sums up one training: `python -m ablate.steps.metrics --folder FOLDER --state STATE
--request JSON`.

The request: {"code": digest of the code behind this step, "label": what tables call the run}.
metrics.json is written in the run's folder. The state that the training saved meanwhile is removed:
until this step begins, Snakemake may clear the outputs of a training that was killed as it ended.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from ablate.errors import AblateError
from ablate.evaluation.metrics import write_metrics


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ablate.steps.metrics", description=__doc__)
    parser.add_argument("--folder", required=True, type=Path, help="results/runs/RUN/seedSEED")
    parser.add_argument("--state", type=Path, help="what the training saved of itself")
    parser.add_argument("--request", default={}, type=json.loads, help="code and label, as JSON")
    arguments = parser.parse_args(argv)
    try:
        write_metrics(
            arguments.folder, arguments.request.get("label"), arguments.request.get("code")
        )
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if arguments.state:
        shutil.rmtree(arguments.state, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
