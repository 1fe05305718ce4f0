"""What a job is asked to train, and how."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TrainingRequest:
    """One run and seed, and how they are trained; see ablate.planning.products.run.

    awaits_gpu: whether it is refused on a CPU, which nobody has insisted on.
    """

    run: str
    seed: int
    settings: dict[str, Any]
    code: str
    observers: list[dict[str, Any]] = field(default_factory=list)
    device: str = "auto"
    threads: int = 1
    keep: str = "best"
    save_every_seconds: float = 60
    deterministic: bool = False
    awaits_gpu: bool = False
    gpu_slots: int = 1
