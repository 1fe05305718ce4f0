"""How long trainings take: told by the finished run most like each, or by steps timed here."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ablate.planning.plan import Plan
from ablate.runs.glance import Glance, glance
from ablate.settings import Run, own

# Natural logarithms of how much more arithmetic makes a network of the same kind as unlike.
OTHER_DEPTH, OTHER_KIND = 1.0, 4.0
FEW = 5


@dataclass(frozen=True)
class Timed:
    """How long one network was found to train.

    Attributes:
        model: its name, such as resnet34; flop: of a forward pass of one image.
        seconds: to train on one image, evaluations shared out among them.
        finished: when, as a record says it.
    """

    model: str
    batch: int
    flop: float
    seconds: float
    finished: str = ""

    @classmethod
    def of(cls, record: Glance) -> "Timed | None":
        """What a finished run tells; None of one that trained on nothing."""
        if not (record.settings and record.images_per_second and record.flops):
            return None
        model, batch = record.settings["model"]["name"], record.settings["batch_size"]
        return cls(model, batch, record.flops, 1 / record.images_per_second, record.finished or "")

    def unlike(self, model: str, batch: int, flop: float) -> float:
        """How little this tells of a network: 0 of the same at the same batch size."""
        kind = _kind(self.model) != _kind(model)
        named = OTHER_KIND if kind else OTHER_DEPTH if self.model != model else 0.0
        return named + abs(math.log(self.flop / flop)) + abs(math.log(self.batch / batch)) / 2


@dataclass(frozen=True)
class Pace:
    """What was timed, and where. shared: how many of them beside others on one device."""

    timed: list[Timed]
    source: str
    shared: int = 0

    def seconds(self, run: Run, flop: float, images: int) -> float:
        """How long a run takes to train on so many images, by `flop` a forward pass."""
        return images * _told(self.timed, run.model.name, run.batch_size, flop)

    def guessed(self, models: Iterable[str]) -> list[str]:
        """The networks among these of whose kind none was timed: their hours are a guess."""
        known = {_kind(one.model) for one in self.timed}
        return sorted({model for model in models if _kind(model) not in known})

    @property
    def company(self) -> str:
        """What several trainings at a time make of the hours."""
        if self.shared:
            return f"{self.shared} of these shared the device, and alone they take less"
        return "so many trainings at a time, so much less"

    @cached_property
    def off(self) -> float | None:
        """By which factor the finished runs' own times typically differ from what those before
        them tell; None of fewer than five."""
        found = sorted(self.timed, key=lambda one: one.finished)
        ratios = [
            abs(math.log(one.seconds / _told(found[:before], one.model, one.batch, one.flop)))
            for before, one in enumerate(found)
            if before
        ]
        return math.exp(statistics.median(ratios)) if len(ratios) >= FEW else None


def _told(timed: list[Timed], model: str, batch: int, flop: float) -> float:
    """Seconds an image, in proportion to its arithmetic, by the last of those most like it."""
    latest = sorted(timed, key=lambda one: one.finished, reverse=True)
    nearest = min(latest, key=lambda one: one.unlike(model, batch, flop))
    return nearest.seconds * flop / nearest.flop


def _kind(model: str) -> str:
    """ResNets are of one kind, VGGs of another, and each network of one's own of its own."""
    return model if own.is_own(model) else re.match(r"[a-z]*", model.lower())[0]


def hours(seconds: float) -> str:
    """Two digits of it, in hours."""
    return f"{seconds / 3600:.0f}" if seconds >= 36_000 else f"{seconds / 3600:.2g}"


def of_finished(plan: Plan) -> Pace | None:
    """From the finished runs of this plan on the device that trained most of them; None without."""
    records = [record for each in plan.trainings() if (record := glance(plan.results.run(*each)))]
    found = [(record, timed) for record in records if (timed := Timed.of(record))]
    if not found:
        return None
    device = Counter(record.device for record, _ in found).most_common(1)[0][0]
    there = [(record, timed) for record, timed in found if record.device == device]
    return Pace(
        [timed for _, timed in there],
        f"by {len(there)} finished runs on {device}: each is told by the one most like it",
        sum(bool(record.shared_device) for record, _ in there),
    )


def measured(plan: Plan) -> Pace:
    """From a few steps of the plan's largest network of each name on this CPU. Loads torch."""
    import torch

    from ablate.job import estimate

    torch.set_num_threads(plan.config.threads)
    largest: dict[str, Run] = {}
    for planned in plan.runs.values():
        run = planned.run
        known = largest.setdefault(run.model.name, run)
        if getattr(run.model, "width", 1) > getattr(known.model, "width", 1):
            largest[run.model.name] = run
    return Pace(
        [_timed(run) for run in largest.values()],
        f"by {estimate.STEPS} steps of {len(largest)} networks in fp32 on this CPU, "
        f"{plan.config.threads} thread(s), no evaluation",
    )


def _timed(run: Run) -> Timed:
    from ablate import models
    from ablate.job import estimate
    from ablate.models import cost

    network = models.build(run.model, 10)
    flop = cost.flops(network, (32, 32))
    return Timed(run.model.name, run.batch_size, flop, estimate.seconds_an_image(network, (32, 32)))
