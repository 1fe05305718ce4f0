"""Stops a full-scale build where it would train on a CPU, before anything is downloaded.

`python -m ablate.steps.require_gpu --request FILE --out FILE`, where training would run; the
request is an `ablate.requests.work.Work`.
"""

import argparse
import json
import sys
from pathlib import Path

from ablate.errors import AblateError
from ablate.files import write_text
from ablate.requests.work import FORWARD_PASSES, Work

# The images of the report: their classes, their height and width.
CLASSES = 10
SIZE = (32, 32)


def main(argv: list[str] | None = None) -> int:
    """Write what GPU was found; 1 and a message where there is none."""
    parser = argparse.ArgumentParser(prog="ablate.steps.require_gpu", description=__doc__)
    parser.add_argument("--request", required=True, type=Path, help="how much there is to train")
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args(argv)
    try:
        check(
            Work.model_validate_json(arguments.request.read_text(encoding="utf-8")), arguments.out
        )
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def check(work: Work, out: Path) -> None:
    """Note the GPU in `out`.

    Raises:
        AblateError: there is none that torch can train on, and why; the message says how long the
            CPU would take, and the ways on.
    """
    import torch

    from ablate.job import cards
    from ablate.job.estimate import WAYS_ON, spoken

    if cards.resolve("auto") == "cuda":
        name = torch.cuda.get_device_name(cards.first_usable())
        write_text(out, json.dumps({"device": name}) + "\n")
        return

    runs = "one run" if work.runs == 1 else f"{work.runs} runs"
    raise AblateError(
        f"there is no CUDA device here, and full scale needs one: its {runs} "
        f"would take about {spoken(seconds(work))} on this CPU, one after the other. Nothing "
        f"was downloaded. {WAYS_ON}"
    )


def seconds(work: Work) -> float:
    """What all runs would take on this CPU, from the pace of one of them: arithmetic over rate."""
    import torch

    from ablate.job.estimate import seconds_an_image
    from ablate.models import build
    from ablate.models.cost import count
    from ablate.settings import Run, own

    own.use(work.extensions)
    torch.set_num_threads(work.threads)
    models = [Run.model_validate({"model": share.model}).model for share in work.shares]
    flop = [count(model, CLASSES, SIZE)[1] * FORWARD_PASSES for model in models]
    total = sum(each * share.images for each, share in zip(flop, work.shares, strict=True))
    network = build(models[0], CLASSES)
    return total / flop[0] * seconds_an_image(network, SIZE)


if __name__ == "__main__":
    sys.exit(main())
