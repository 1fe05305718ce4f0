"""What trainings cost in arithmetic, disk and memory, by their settings alone."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ablate.commands import pace
from ablate.files import read_json
from ablate.paths import TrainingId
from ablate.planning.plan import Plan
from ablate.planning.work import CIFAR10, trained_images
from ablate.requests.work import FORWARD_PASSES
from ablate.settings import Run

BYTES_A_WEIGHT = 4
# A saved state holds the weights, the best ones, and of an optimizer such as Adam two numbers a
# weight; there are the newest state, the one before it, and the one being written.
STATES = 3 * 4
# History, predictions, events and records of one run, in bytes: what a run of the report takes.
BESIDES = 1_500_000


@dataclass
class Total:
    """What trainings cost: how many, FLOP, bytes that stay, the largest network's parameters.

    flop: evaluation is left out. seconds: where the pace is known, else 0.
    """

    count: int = 0
    flop: float = 0.0
    seconds: float = 0.0
    disk: int = 0
    parameters: int = 0

    @property
    def state(self) -> int:
        """Bytes of the largest state that one of them saves while it trains."""
        return STATES * self.parameters * BYTES_A_WEIGHT


def images_of(plan: Plan) -> int:
    """How many training images an epoch has."""
    manifest = read_json(plan.results.manifest) or {}
    return manifest.get("train") or plan.data.training_images or CIFAR10


def sum_of(plan: Plan, due: Iterable[TrainingId], images: int, rates: pace.Pace | None) -> Total:
    """The cost of these trainings."""
    total = Total()
    for name, seed in due:
        run = plan.runs[name].run
        parameters, forward = parameters_and_flop(run)
        trained = trained_images(run, images)
        total.count += 1
        total.flop += FORWARD_PASSES * forward * trained
        total.seconds += rates.seconds(run, forward, trained) if rates else 0.0
        total.disk += disk_of(parameters, plan.keep(name, seed))
        total.parameters = max(total.parameters, parameters)
    return total


def disk_of(parameters: int, keep: str) -> int:
    """Bytes that a finished run takes."""
    return {"best": 1, "both": 2, "none": 0}[keep] * parameters * BYTES_A_WEIGHT + BESIDES


def parameters_and_flop(run: Run) -> tuple[int, int]:
    """Parameters, and FLOP of one forward pass of a 32x32 image, for ten classes."""
    return _of_model(run.model.model_dump_json())


@cache
def _of_model(model: str) -> tuple[int, int]:
    # Torch, which the rest does without.
    from ablate.models import cost
    from ablate.shapes import ShapesOnly

    with ShapesOnly():
        return cost.count(Run.model_validate({"model": json.loads(model)}).model, 10, (32, 32))
