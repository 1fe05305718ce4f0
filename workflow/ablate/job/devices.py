"""Where a run trains: a CPU with a set number of threads, or one slot of a GPU."""

import contextlib
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import filelock
import torch

from ablate.errors import AblateError

POLL_SECONDS = 0.5


@dataclass
class Device:
    """torch_device: where tensors go. name: the processor's or the card's.

    shared: whether another slot of the card was seen taken so far.
    """

    torch_device: torch.device
    name: str
    neighbours: list[filelock.BaseFileLock] = field(default_factory=list)
    shared: bool = False

    @property
    def type(self) -> str:
        return self.torch_device.type

    def look_for_neighbours(self) -> None:
        """Note whether another process holds another slot of this card at this moment."""
        self.shared = self.shared or any(_is_taken(slot) for slot in self.neighbours)


def resolve(asked: str) -> str:
    """ "cuda" or "cpu" for "auto", "cuda" or "cpu".

    Raises:
        AblateError: CUDA was asked for and there is none.
    """
    found = torch.cuda.is_available()
    if asked == "cuda" and not found:
        raise AblateError(
            "device: cuda was asked for, but torch finds no CUDA device here. "
            "Allowed: auto, cpu, or a machine with a CUDA device."
        )
    return "cuda" if found and asked != "cpu" else "cpu"


@contextlib.contextmanager
def taken(kind: str, threads: int, slots: int = 1) -> Iterator[Device]:
    """A device of this kind, "cpu" or "cuda", for as long as the block runs.

    On CUDA it is the visible card with the fewest slots taken, of `slots` each; where all are taken
    this waits. Every process that trains on a card holds the lock of one of its slots.
    """
    torch.set_num_threads(threads)
    if kind == "cpu":
        yield Device(torch.device("cpu"), processor())
        return
    index, slot, others = _free_slot(slots)
    try:
        torch.cuda.set_device(index)
        device = Device(torch.device("cuda", index), torch.cuda.get_device_name(index), others)
        device.look_for_neighbours()
        yield device
    finally:
        slot.release()


def processor() -> str:
    """The processor's name as the system gives it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def set_deterministic(deterministic: bool, device: Device) -> None:
    """Let CUDA use only kernels that give the same bits twice, or the fastest it has.

    A CPU with a set number of threads gives the same bits anyway.
    """
    if device.type == "cpu":
        return
    if deterministic:
        # cuBLAS reads this when it is first used, which is later than here.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = not deterministic


def _free_slot(slots: int) -> tuple[int, filelock.BaseFileLock, list[filelock.BaseFileLock]]:
    cards = [_slots(index, slots) for index in range(torch.cuda.device_count())]
    said = False
    while True:
        for number in range(slots):
            for index, locks in enumerate(cards):
                with contextlib.suppress(filelock.Timeout):
                    locks[number].acquire(timeout=0)
                    return index, locks[number], [o for o in locks if o is not locks[number]]
        if not said:
            print("every GPU slot is taken; waiting for one", file=sys.stderr, flush=True)
            said = True
        time.sleep(POLL_SECONDS)


def _slots(index: int, slots: int) -> list[filelock.BaseFileLock]:
    # By the card's own id: two jobs may see one card under different numbers.
    card = torch.cuda.get_device_properties(index).uuid
    folder = Path(tempfile.gettempdir()) / f"ablate-gpu-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    return [filelock.FileLock(folder / f"{card}.{number}") for number in range(slots)]


def _is_taken(slot: filelock.BaseFileLock) -> bool:
    try:
        slot.acquire(timeout=0)
    except filelock.Timeout:
        return True
    slot.release()
    return False
