"""A clock that waits for the device."""

import time

import torch


def now(device: torch.device) -> float:
    """Seconds, read once the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
