"""Which GPUs this machine has, as far as that shows without loading torch.

`python -m ablate.building.devices` prints how many trainings may each have a GPU of their own.
"""

import importlib.metadata
import os
from itertools import takewhile
from pathlib import Path

# What NVIDIA's driver leaves in the file system; under WSL both of these.
NVIDIA = ("/proc/driver/nvidia/version", "/dev/nvidiactl")
WSL = ("/dev/dxg", "/usr/lib/wsl/lib/libcuda.so.1")
# What AMD's driver leaves. torch for ROCm answers as torch.cuda; no other torch uses such a card.
AMD = "/dev/kfd"
# One folder a card.
CARDS = "/proc/driver/nvidia/gpus"
# They limit what a process sees; empty, or naming no card, they hide every one.
HIDING = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
SLICE = "MIG-"
NO_CARD = ("", "-1", "none", "void", "NoDevFiles")


def trains_on_gpu(device: str, needs_gpu: bool, elsewhere: bool) -> bool:
    """Whether a training asks for a GPU.

    device: as configured. needs_gpu: whether the preset stops without one. elsewhere: whether jobs
    run on other machines, of which this one knows nothing: they ask for a GPU unless the config
    says `cpu`.
    """
    if device == "auto":
        return needs_gpu or elsewhere or gpu_is_likely()
    return device == "cuda"


def gpu_is_likely() -> bool:
    """True where a driver's trace is found; torch has the last word when a job starts."""
    if any(_named(name) == [] for name in HIDING):
        return False
    nvidia = any(map(_exists, NVIDIA)) or all(map(_exists, WSL))
    return nvidia or (_exists(AMD) and _torch_is_for_rocm())


def visible_gpus() -> int:
    """How many GPUs this process sees, at least 1: a training then says what is wrong with none.

    Cards may be named by number or UUID. Of MIG slices CUDA shows a process one, however many are
    named.
    """
    named = _named("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return 1 if any(card.startswith(SLICE) for card in named) else max(1, len(named))
    cards = Path(CARDS)
    return max(1, len(list(cards.iterdir())) if cards.is_dir() else 0)


def _named(variable: str) -> list[str] | None:
    """The cards that a variable lets a process see, None where it is not set.

    The first name of no card hides those after it too.
    """
    value = os.environ.get(variable)
    if value is None:
        return None
    cards = (card.strip() for card in value.split(","))
    return list(takewhile(lambda card: card not in NO_CARD, cards))


def _exists(path: str) -> bool:
    return Path(path).exists()


def _torch_is_for_rocm() -> bool:
    try:
        return "rocm" in importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return False


if __name__ == "__main__":
    print(visible_gpus())
