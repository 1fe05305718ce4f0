"""What a finished training says of itself: hardware, versions, cost."""

import importlib.metadata
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch

from ablate.job.lease import Leased
from ablate.runs.record import Identity, Provenance
from ablate.training import graph
from ablate.training.assemble import Cost
from ablate.training.device import Device
from ablate.training.training import Training

PACKAGES = ("torchvision", "numpy")


def provenance(
    identity: Identity, training: Training, device: Leased, cost: Cost, keep: str
) -> Provenance:
    """What made the run, and what it took. keep: the weights that its checkpoint has."""
    seconds = training.seconds
    images = training.length.images_in(training.steps_done)
    return Provenance(
        **vars(identity),
        started=training.started,
        finished=now(),
        seconds=seconds,
        device=device.name,
        machines=training.machines,
        graphed=graph.replayed(training.step),
        shared_device=device.shared,
        resumed=training.resumed,
        train_images=training.length.images,
        images_per_second=images / seconds if seconds else 0.0,
        peak_memory_mb=peak_memory_mb(device),
        **vars(cost),
        diverged=training.diverged,
        best_epoch=training.best.epoch or None,
        kept=keep,
        versions=versions(),
        git=commit(),
    )


def now() -> str:
    """The time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Versions of what computes, none of it loaded for the purpose."""
    packages = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "torch": str(torch.__version__), **packages}


def commit() -> str | None:
    """The git commit of this code; None where it is in no repository."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def peak_memory_mb(device: Device) -> float:
    """Most memory used so far, in 10^6 bytes: of the card by tensors, or of this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device.torch_device) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6
