"""ablate's own training, assembled as a job assembles it; evaluation is left out."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from ablate.job.interruption import Interruption
from ablate.job.lease import Leased
from ablate.job.request import TrainingRequest
from ablate.job.run import Job
from ablate.training import graph
from ablate.training.device import processor
from benchmarks.task import Task


class Contestant:
    """observers: what is measured at each step, as in a request; nothing unless given."""

    def __init__(
        self,
        task: Task,
        observers: Sequence[dict[str, Any]] = (),
        deterministic: bool = False,
    ) -> None:
        request = TrainingRequest(
            run=task.settings.name,
            seed=0,
            settings=task.settings.resolved(),
            code="",
            observers=list(observers),
            threads=task.threads,
            deterministic=deterministic,
        )
        device = Leased(task.device, processor())
        job = Job(request, task.settings, task.data, device)
        self.precision = job.identity.precision
        self.training = job.assemble(Interruption())

    @property
    def graphed(self) -> bool:
        """Whether its steps are replayed from a CUDA graph."""
        return graph.replayed(self.training.step)

    def steps(self) -> Iterator[Tensor]:
        training = self.training
        training.network.train()
        while True:
            training.start_epoch()
            while training.position < training.length.steps_per_epoch:
                training.take_step()
                yield training.step.losses[training.position - 1]
            training.next_epoch()
