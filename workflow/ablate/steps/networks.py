"""Passes one image through every network, so that what cannot train stops a build at once.

Where a step of training runs code of one's own, one is taken too (ablate.job.trial).

On meta tensors: shapes alone, no arithmetic. Only where that fails are real numbers tried, since a
network may look at values while it is built.
"""

import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.files import write_text
from ablate.planning.requests import Request
from ablate.requests.networks import Networks, Tried
from ablate.settings import Run
from ablate.steps import command_line

if TYPE_CHECKING:
    from ablate.settings.model import Network

NOTHING = "Nothing was trained."
# Settings need a network; a step is taken with another one.
STAND_IN = {"name": "resnet18"}


def step(request: Request) -> None:
    """Write parameters and FLOP of one whole image of every network.

    Raises:
        AblateError: some cannot take the images, or the crops they are trained on, or a step with
            one's own code cannot be taken: all are named.
    """
    manifest = Manifest.read(request.inputs[0])
    wanted = request.read(Networks)
    found, unfit = _networks(wanted, manifest)
    faults = [*unfit, *_steps(wanted, manifest)]
    if faults and not wanted.partial:
        raise AblateError("\n".join([*faults, _advice(manifest) if unfit else NOTHING]))
    print("\n".join([f"{len(found)} networks take the images", *faults]))
    write_text(request.outputs[0], json.dumps(found, indent=1) + "\n")


def _networks(wanted: Networks, manifest: Manifest) -> tuple[list[dict[str, Any]], list[str]]:
    """What each network comes to, and what is wrong with those that cannot take the images."""
    found, faults = [], []
    for network in wanted.networks:
        try:
            parameters, flops = _passed(network, manifest)
            found.append({**network.model_dump(), "parameters": parameters, "flops": flops})
        except AblateError as error:
            faults.append(f"{network.place}: {error}")
    return found, faults


def _steps(wanted: Networks, manifest: Manifest) -> list[str]:
    """What is wrong with the steps that cannot be taken."""
    if not wanted.steps:
        return []
    from ablate.job import trial

    faults = []
    for step in wanted.steps:
        settings = Run.model_validate({**step.settings, "model": STAND_IN})
        try:
            trial.take(settings, list(step.own), manifest)
        except AblateError as error:
            faults.append(f"{step.place}: {error}")
    return faults


def _advice(manifest: Manifest) -> str:
    height, width = manifest.size
    return (
        f"The images of {manifest.name} are {height}x{width}. {NOTHING} Take another network, or "
        "other images (of a folder: data.resize)."
    )


def _passed(network: Tried, manifest: Manifest) -> tuple[int, int]:
    settings = Run.model_validate(network.model_dump(include={"model", "augmentation"}))
    *crops, whole = _sizes(settings, manifest.size)
    for size in crops:
        count(settings.model, len(manifest.classes), size)
    return count(settings.model, len(manifest.classes), whole)


def _sizes(settings: Run, size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """What the network sees: crops in training, and whole images."""
    crop = settings.augmentation.RandomCrop
    if crop is not None:
        if fault := crop.fault(size):
            raise AblateError(fault)
        if tuple(crop.shape(size)) != size:
            yield tuple(crop.shape(size))
    yield size


def count(model: "Network", classes: int, size: tuple[int, int]) -> tuple[int, int]:
    """Parameters, and FLOP of one image of `size` (height, width).

    Raises:
        AblateError: the network cannot be built, or cannot take such an image.
    """
    from ablate import models, named
    from ablate.models import cost

    try:
        return cost.count(model, classes, size)
    except Exception:
        try:
            network = models.build(model, classes)
            return cost.parameters(network), cost.flops(network, size)
        except AblateError:
            raise
        except Exception as error:
            reason = named.blame(error) or f"{type(error).__name__}: {error}"
            raise AblateError(f"model: {model.name}: {reason}") from error


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
