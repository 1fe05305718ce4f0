"""How much there is to train, for a machine that has no GPU and says how long it would take."""

from pathlib import Path
from typing import Any

from ablate.requests.asked import Part

# What a step of training costs, about, beside the forward pass of its images.
FORWARD_PASSES = 3


class Share(Part):
    """So many images, in all, are trained on by the runs of one network (its settings)."""

    model: dict[str, Any]
    images: int


class Work(Part):
    """All trainings of a plan.

    Attributes:
        runs: how many, each seed counted.
        shares: by network.
        threads: of a training.
        extensions: the folder of one's own code.
    """

    runs: int
    shares: tuple[Share, ...]
    threads: int
    extensions: Path | None
