"""torch's global switches: each contestant sets its own, so each turn puts its own back."""

from dataclasses import dataclass
from typing import Self

import torch


@dataclass(frozen=True)
class Switches:
    """The switches that decide which kernels CUDA uses."""

    benchmark: bool
    deterministic: bool
    tf32_convolutions: bool
    tf32_matmul: bool
    deterministic_algorithms: bool

    @classmethod
    def now(cls) -> Self:
        """The switches as they stand."""
        return cls(
            torch.backends.cudnn.benchmark,
            torch.backends.cudnn.deterministic,
            torch.backends.cudnn.allow_tf32,
            torch.backends.cuda.matmul.allow_tf32,
            torch.are_deterministic_algorithms_enabled(),
        )

    def put(self) -> None:
        """Make torch's switches these."""
        torch.backends.cudnn.benchmark = self.benchmark
        torch.backends.cudnn.deterministic = self.deterministic
        torch.backends.cudnn.allow_tf32 = self.tf32_convolutions
        torch.backends.cuda.matmul.allow_tf32 = self.tf32_matmul
        torch.use_deterministic_algorithms(self.deterministic_algorithms)
