"""ablate's own training with `deterministic: true`: what the same bits each time cost on CUDA."""

from benchmarks.contestants import ours
from benchmarks.task import Task


class Contestant(ours.Contestant):
    """On a CPU it is ours, which is deterministic there."""

    def __init__(self, task: Task) -> None:
        super().__init__(task, deterministic=True)
