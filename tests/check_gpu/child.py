"""One training in a process of its own: `python -m check_gpu.child REQUEST.json DATA RUN STATE`."""

import json
import sys
from pathlib import Path

from ablate.job import run
from ablate.job.interruption import Interrupted


def main(request: str, data: str, folder: str, state: str) -> int:
    """Train as a job does; 143 when stopped by SIGTERM, its state saved."""
    asked = run.TrainingRequest(**json.loads(Path(request).read_text()))
    try:
        run.run(asked, Path(data) / "manifest.json", Path(folder), Path(state))
    except Interrupted as reason:
        return 128 + reason.signal
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
