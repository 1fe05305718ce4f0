"""Trains one run: `python -m ablate.steps.train --request JSON --manifest DATA/manifest.json
--folder RUN/seedS --state STATE/RUN/seedS`.

The request: {"run", "seed", "settings", "observers", "code", "device", "threads", "keep",
"save_every_seconds", "deterministic", "preset", "insist", "gpu_slots"}. A training that was
interrupted goes on from its saved state. On SIGTERM it saves and exits with 143.
"""

import argparse
import gc
import json
import sys
import traceback
from pathlib import Path

from ablate import named
from ablate.errors import AblateError


def main(argv: list[str] | None = None) -> int:
    arguments = _parse(argv)
    # Loaded here, so that --help and wrong arguments answer at once. Looking for garbage in
    # what is loaded, and stays, would take a tenth of the time.
    gc.disable()
    from ablate.job import run
    from ablate.job.interruption import Interrupted

    gc.enable()
    try:
        run.run(
            run.Request(**arguments.request), arguments.manifest, arguments.folder, arguments.state
        )
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except Interrupted as reason:
        print(f"stopped, to be continued: {reason}", file=sys.stderr)
        return 128 + reason.signal
    except Exception as error:
        said = named.blame(error)
        if said is None:
            raise
        traceback.print_exception(error)
        print(f"error: {said}", file=sys.stderr)
        return 1
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ablate.steps.train", description=__doc__)
    parser.add_argument("--request", required=True, type=json.loads, help="the run, as JSON")
    parser.add_argument("--manifest", required=True, type=Path, help="of the packed data")
    parser.add_argument("--folder", required=True, type=Path, help="where the outputs go")
    parser.add_argument("--state", required=True, type=Path, help="where unfinished work is kept")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
