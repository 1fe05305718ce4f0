"""Where a run computes, and how its kernels are chosen there."""

import contextlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass
class Device:
    """torch_device: where tensors go. name: the processor's or the card's."""

    torch_device: torch.device
    name: str

    @property
    def type(self) -> str:
        return self.torch_device.type


def processor() -> str:
    """The processor's name as the system gives it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def choose_kernels(deterministic: bool, device: Device) -> None:
    """Let CUDA use only kernels that give the same bits twice, or those that torch finds fast.

    None is searched for by trying (cudnn.benchmark): every process would search anew, a hundred
    times for a deep network, and find others than the process whose state it goes on from. A CPU
    with a set number of threads gives the same bits anyway.
    """
    if device.type == "cpu":
        return
    if deterministic:
        # cuBLAS reads this when it is first used, which is later than here.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # Asking for what holds already would load torch's compiler, in every job.
    if deterministic != torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(deterministic)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = False


def wait_for(device: torch.device) -> None:
    """Return when the device has done all that it was asked to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
