"""How long a run would take here, by short steps of its network; a CPU may be refused."""

import time

import torch
from torch import nn
from torch.nn import functional

from ablate.errors import AblateError
from ablate.job.request import TrainingRequest
from ablate.requests.work import FORWARD_PASSES
from ablate.training.training import Training

SHORT = 16  # images of a short step
STEPS = 3
# What is said where no GPU is found and nobody has insisted on the CPU.
WAYS_ON = (
    "You have two options: build the whole report in miniature (--config preset=demo), "
    "or train here all the same (--config device=cpu)."
)


def refuse(request: TrainingRequest, training: Training) -> None:
    """Say how long the run would take on this CPU, and list the options left."""
    length = spoken(seconds(training))
    raise AblateError(
        f"{request.run}: there is no CUDA device here, and at full scale this one run would take "
        f"about {length} on this CPU ({request.threads} thread(s)). {WAYS_ON}"
    )


def seconds(training: Training) -> float:
    """Seconds that the whole of `training`, which does not begin, would take."""
    height, width = training.evaluations["test"].images.shape[1:3]
    trained = training.length.images_in(training.length.steps)
    images = trained + evaluated_images(training) / FORWARD_PASSES
    return images * seconds_an_image(training.network.train(), (height, width))


def seconds_an_image(network: nn.Module, size: tuple[int, int]) -> float:
    """Seconds of forward and backward for one image on this CPU, by the fastest of three batches.

    Nothing of evaluation, nor of loading and changing images.
    """
    network = network.to(memory_format=torch.channels_last)
    images = torch.rand(SHORT, 3, *size).contiguous(memory_format=torch.channels_last)
    labels, taken = torch.zeros(SHORT, dtype=torch.long), []
    for _ in range(STEPS):
        start = time.perf_counter()
        functional.cross_entropy(network(images), labels).backward()
        taken.append(time.perf_counter() - start)
    return min(taken) / SHORT


def evaluated_images(training: Training) -> int:
    """Images that the run evaluates, each time counted."""
    each = sum(len(evaluate.images) for evaluate in training.evaluations.values())
    return each * training.length.epochs


def spoken(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
