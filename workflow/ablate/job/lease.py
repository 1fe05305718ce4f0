"""Leases a device for as long as a run trains: one slot of a card, or the CPU with its threads."""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import filelock
import torch

from ablate.errors import AblateError
from ablate.job import cards
from ablate.training.device import Device, processor

POLL_SECONDS = 0.5

Slots = list[filelock.BaseFileLock]


@dataclass
class Leased(Device):
    """neighbours: the other slots of the card. shared: whether one was seen taken so far."""

    neighbours: Slots = field(default_factory=list)
    shared: bool = False

    def look_for_neighbours(self) -> None:
        """Note whether another process holds another slot of this card at this moment."""
        self.shared = self.shared or any(_is_taken(slot) for slot in self.neighbours)


@contextlib.contextmanager
def taken(kind: str, threads: int, slots: int = 1) -> Iterator[Leased]:
    """A device of this kind, "cpu" or "cuda", for as long as the block runs.

    On CUDA it is the visible card with the fewest slots taken, of `slots` each; where all are taken
    this waits. Every process that trains on a card holds the lock of one of its slots. A card that
    torch cannot train on is left out.

    Raises:
        AblateError: torch can train on none of the cards.
    """
    torch.set_num_threads(threads)
    if kind == "cpu":
        yield Leased(torch.device("cpu"), processor())
        return
    index, slot, others = _usable_slot(slots)
    try:
        device = Leased(torch.device("cuda", index), torch.cuda.get_device_name(index), others)
        device.look_for_neighbours()
        yield device
    finally:
        slot.release()


def _usable_slot(slots: int) -> tuple[int, filelock.BaseFileLock, Slots]:
    locks = {index: _slots(index, slots) for index in range(torch.cuda.device_count())}
    useless: dict[int, str] = {}
    while len(useless) < len(locks):
        index, slot = _free_slot({i: each for i, each in locks.items() if i not in useless})
        # Before anything is put on a card, or it would be put on the first one.
        torch.cuda.set_device(index)
        try:
            cards.try_out(index)
        except AblateError as error:
            useless[index] = str(error)
            print(f"card {index} is left out: {error}", file=sys.stderr, flush=True)
            slot.release()
            continue
        return index, slot, [other for other in locks[index] if other is not slot]
    raise AblateError(cards.none_usable(useless))


def _free_slot(locks: dict[int, Slots]) -> tuple[int, filelock.BaseFileLock]:
    """A card and the lock, held, of one of its slots: where the most are free."""
    said = False
    while True:
        # One process chooses at a time, or two would see each other's looking as taken slots.
        with filelock.FileLock(_folder() / "choosing"):
            free = {index: [s for s in each if not _is_taken(s)] for index, each in locks.items()}
            index = max(free, key=lambda index: len(free[index]))
            if free[index]:
                with contextlib.suppress(filelock.Timeout):
                    free[index][0].acquire(timeout=0)
                    return index, free[index][0]
        if not said:
            print("every GPU slot is taken; waiting for one", file=sys.stderr, flush=True)
            said = True
        time.sleep(POLL_SECONDS)


def _slots(index: int, slots: int) -> Slots:
    # By the card's own id: two jobs may see one card under different numbers.
    card = torch.cuda.get_device_properties(index).uuid
    return [filelock.FileLock(_folder() / f"{card}.{number}") for number in range(slots)]


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"ablate-gpu-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    return folder


def _is_taken(slot: filelock.BaseFileLock) -> bool:
    try:
        slot.acquire(timeout=0)
    except filelock.Timeout:
        return True
    slot.release()
    return False
