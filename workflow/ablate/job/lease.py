"""Leases a device for as long as a run trains: one slot of a card, or the CPU with its threads."""

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from ablate.errors import AblateError
from ablate.job import cards, log
from ablate.locks import Lock
from ablate.training.device import Device, processor

POLL_SECONDS = 0.5

Slots = list[Lock]


@dataclass
class Leased(Device):
    """neighbours: the other slots of the card. shared: whether one was seen taken so far."""

    neighbours: Slots = field(default_factory=list)
    shared: bool = False

    def look_for_neighbours(self) -> None:
        """Note whether another process holds another slot of this card at this moment."""
        self.shared = self.shared or any(slot.is_held() for slot in self.neighbours)


@contextlib.contextmanager
def taken(
    kind: str, threads: int, slots: int = 1, check: Callable[[], None] = lambda: None
) -> Iterator[Leased]:
    """A device of this kind, "cpu" or "cuda", for as long as the block runs.

    On CUDA it is the visible card with the fewest slots taken, of `slots` each; where all are taken
    this waits, and `check` may end the wait. Every process that trains on a card holds the lock of
    one of its slots. A card that torch cannot train on is left out.

    Raises:
        AblateError: torch can train on none of the cards.
    """
    torch.set_num_threads(threads)
    if kind == "cpu":
        yield Leased(torch.device("cpu"), processor())
        return
    index, slot, others = _usable_slot(slots, check)
    try:
        device = Leased(torch.device("cuda", index), torch.cuda.get_device_name(index), others)
        device.look_for_neighbours()
        yield device
    finally:
        slot.release()


def _usable_slot(slots: int, check: Callable[[], None]) -> tuple[int, Lock, Slots]:
    every = {index: _slots(index, slots) for index in range(torch.cuda.device_count())}
    useless: dict[int, str] = {}
    while len(useless) < len(every):
        usable = {i: each for i, each in every.items() if i not in useless}
        index, slot = _free_slot(usable, check)
        # Before anything is put on a card, or it would be put on the first one.
        torch.cuda.set_device(index)
        try:
            cards.try_out(index)
        except AblateError as error:
            useless[index] = str(error)
            log.note(f"card {index} is skipped: {error}")
            slot.release()
            continue
        return index, slot, [other for other in every[index] if other is not slot]
    raise AblateError(cards.none_usable(useless))


def _free_slot(slots: dict[int, Slots], check: Callable[[], None]) -> tuple[int, Lock]:
    """A card and the lock, held, of one of its slots: where the most are free."""
    said = False
    while True:
        # One process chooses at a time, or two would see each other's looking as taken slots.
        with Lock(_folder() / "choosing"):
            free = {i: [slot for slot in each if not slot.is_held()] for i, each in slots.items()}
            index = max(free, key=lambda index: len(free[index]))
            if free[index] and free[index][0].take():
                return index, free[index][0]
        if not said:
            log.note("every GPU slot is taken; waiting for one")
            said = True
        check()
        time.sleep(POLL_SECONDS)


def _slots(index: int, slots: int) -> Slots:
    # By the card's own id: two jobs may see one card under different numbers.
    card = torch.cuda.get_device_properties(index).uuid
    return [Lock(_folder() / f"{card}.{number}") for number in range(slots)]


def _folder() -> Path:
    """A folder of this user's alone, in a place where everybody may write.

    Raises:
        AblateError: somebody else has put something there under its name.
    """
    folder = Path(tempfile.gettempdir()) / f"ablate-gpu-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise AblateError(
            f"{folder} is a link or another user's, and GPU slots are counted there. Remove it, or "
            "set TMPDIR to a folder of your own."
        )
    folder.chmod(0o700)
    return folder
