"""What a job is asked to train, and how."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TrainingRequest:
    """One run and seed, and how they are trained; see ablate.planning.products.run."""

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
    preset: str = "paper"
    insist: bool = False
    gpu_slots: int = 1

    @property
    def insists(self) -> bool:
        """Whether training on a CPU was asked for, however long it takes."""
        return self.insist or self.device == "cpu"
