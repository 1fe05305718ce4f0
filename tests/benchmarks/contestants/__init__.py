"""ablate's training and three peers, each written as its users would write it.

A contestant is a class made from a Task. `steps()` trains for as long as it is asked to and gives
each step's loss; `precision` says in what it multiplies: fp32, tf32 or bf16.
"""

import importlib

import torch

PEERS = ("strong", "competent", "stock")


def ours_on(device: torch.device) -> tuple[str, ...]:
    """Our own trainings that differ on this device."""
    return ("ours", "deterministic") if device.type == "cuda" else ("ours",)


def of_name(name: str) -> type:
    """The contestant in the module of this name."""
    return importlib.import_module(f"benchmarks.contestants.{name}").Contestant


def fp32_as_torch_has_it(device: torch.device) -> str:
    """What "fp32" means where nobody chose: on CUDA, torch lets convolutions round to TF32."""
    return "tf32" if device.type == "cuda" else "fp32"
