"""How long a run would take on this machine, from two short steps of it; a CPU may be refused."""

import time

from ablate.errors import AblateError
from ablate.job.request import TrainingRequest
from ablate.training.training import Training

SHORT = 16  # images of a short step
# A forward pass is about a third of a step.
FORWARD = 1 / 3


def refuse(request: TrainingRequest, training: Training) -> None:
    """Say how long the run would take on this CPU, and the two ways on."""
    length = spoken(seconds(training))
    raise AblateError(
        f"{request.run}: there is no CUDA device here, and at full scale this one run would take "
        f"about {length} on this CPU ({request.threads} thread(s)). "
        "You have two options: build the whole report in miniature (--config preset=demo), "
        "or train here all the same (--config device=cpu)."
    )


def seconds(training: Training) -> float:
    """Seconds that the whole of `training`, not yet begun, would take; two steps are taken."""
    images = min(SHORT, training.length.batch_at(0))
    training.network.train()
    training.start_epoch()
    training.step(1, images, training.rates[0])
    start = time.perf_counter()
    training.step(2, images, training.rates[0])
    per_image = (time.perf_counter() - start) / images
    trained = training.length.images_in(training.length.steps)
    return per_image * (trained + FORWARD * evaluated_images(training))


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
