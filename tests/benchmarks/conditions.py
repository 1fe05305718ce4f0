"""On what and under which circumstances something was measured."""

import os
from dataclasses import dataclass
from typing import Any

import torch

from ablate.job.provenance import commit, now, versions
from ablate.training.device import processor


@dataclass(frozen=True)
class Machine:
    """Where the benchmark runs. threads: of computation on a CPU."""

    device: torch.device
    threads: int

    def columns(self) -> dict[str, Any]:
        """The conditions as columns of a CSV. load: processes waiting for a core, last minute."""
        known = versions()
        return {
            "device": self.name(),
            "cores": os.cpu_count(),
            "threads": self.threads,
            "vector_instructions": torch.backends.cpu.get_cpu_capability(),
            "fast_bf16": self.fast_bf16(),
            "torch": known["torch"],
            "python": known["python"],
            "load": round(os.getloadavg()[0], 2),
            "measured": now(),
            "git": commit(),
        }

    def name(self) -> str:
        """The card's name, or the processor's."""
        if self.device.type == "cuda":
            return torch.cuda.get_device_name(self.device)
        return processor()

    def fast_bf16(self) -> str:
        """What the device has for bf16: "tensor cores", "amx", "avx512_bf16" or "none"."""
        if self.device.type == "cuda":
            has = torch.cuda.is_bf16_supported(including_emulation=False)
            return "tensor cores" if has else "none"
        if torch.cpu._is_amx_tile_supported():
            return "amx"
        return "avx512_bf16" if torch.cpu._is_avx512_bf16_supported() else "none"
