"""How much there is to train: images, and arithmetic."""

import json
from collections import Counter
from pathlib import Path

from ablate.files import write_text
from ablate.planning import requests
from ablate.planning.plan import Plan
from ablate.requests.work import Share, Work
from ablate.settings import Run, own

CIFAR10 = 50_000
PLACE = requests.FOLDER / "work.json"


def trained_images(run: Run, images: int) -> int:
    """How many images a run is trained on in all, of `images` an epoch."""
    return run.steps * run.batch_size if run.steps else run.epochs * images


def priorities(plan: Plan) -> dict[str, float]:
    """Of each run, above 0 and below 1: the longer it trains the higher, so that it starts first.

    By images and the square of the width, to which the arithmetic of an image is proportional.
    How deep a network is and where it halves its maps, which only torch could say, is left out.
    """
    images = plan.data.training_images or CIFAR10
    length = {
        name: trained_images(planned.run, images) * getattr(planned.run.model, "width", 1) ** 2
        for name, planned in plan.runs.items()
    }
    longest = max(length.values(), default=1)
    return {name: 0.9 * long / longest for name, long in length.items()}


def of_all_runs(plan: Plan) -> Work:
    """What ablate.steps.require_gpu needs to say how long all runs would take on a CPU."""
    images = plan.data.training_images or CIFAR10
    trained: Counter[str] = Counter()
    for planned in plan.runs.values():
        model = planned.run.model.model_dump_json()
        trained[model] += len(planned.seeds) * trained_images(planned.run, images)
    shares = tuple(Share(model=json.loads(m), images=count) for m, count in trained.items())
    return Work(
        runs=len(plan.trainings()),
        shares=shares,
        threads=plan.config.threads,
        extensions=own.folder(),
    )


def write(work: Work) -> Path:
    """Write down how much there is to train."""
    write_text(PLACE, work.model_dump_json())
    return PLACE
