"""The arithmetic that training takes, and the most that the device has been seen to do."""

import math
import time
from collections.abc import Callable

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from ablate import models
from ablate.settings import Run
from benchmarks.clock import now

# Rows and columns of the matrices that show the limit.
SIDE = {"cpu": 2048, "cuda": 8192}
SECONDS = 1.0


def flop_per_image(settings: Run, classes: int = 10, size: int = 32) -> float:
    """FLOP that one training image of `size` x `size` takes, forward and backward.

    A multiply-add counts 2. Counted by torch over shapes alone: convolutions and Linear layers.
    """
    with torch.device("meta"):
        network = models.build(settings.model, classes)
        images, labels = torch.empty(2, 3, size, size), torch.empty(2, dtype=torch.int64)
    with FlopCounterMode(display=False) as counter:
        functional.cross_entropy(network(images), labels).backward()
    return counter.get_total_flops() / len(images)


def limit(precision: str, device: torch.device) -> float:
    """FLOP a second of the fastest of several large matrix products in fp32, tf32 or bf16."""
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    try:
        side = SIDE[device.type]
        left, right = torch.randn(2, side, side, device=device).to(kind)
        return 2 * side**3 / _fastest(lambda: left @ right, device)
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


def _fastest(work: Callable[[], object], device: torch.device) -> float:
    """Seconds of the fastest run of `work` within about SECONDS, the first not counted."""
    work()
    fastest, end = math.inf, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        began = now(device)
        work()
        fastest = min(fastest, now(device) - began)
    return fastest
