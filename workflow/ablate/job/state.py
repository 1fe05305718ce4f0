"""The state of an unfinished training: saved while it goes on, found again after any death.

A folder holds the newest state and the one before it, each under a key of all that decides what
the training computes, so that the state of other settings, code, data or hardware is not found.
A file is the sha256 of its payload, then the payload: a torch archive of tensors and plain values.
"""

import hashlib
import io
import json
import pickle
import threading
from pathlib import Path
from typing import Any

import torch

from ablate.errors import AblateError
from ablate.files import write_whole
from ablate.job import log

DIGEST = 32  # bytes of a sha256


def key(identity: dict[str, Any]) -> str:
    """16 hex digits for whatever decides what a training computes."""
    canonical = json.dumps(identity, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


class States:
    """The states of one training in `folder`, under `key`."""

    def __init__(self, folder: str | Path, key: str) -> None:
        self.folder = Path(folder)
        self.key = key
        self.newest = self.folder / f"{key}.state"
        self.previous = self.folder / f"{key}.previous"
        self.writer: threading.Thread | None = None

    def save(self, state: dict[str, Any]) -> None:
        """Save a copy of `state` while training goes on.

        What cannot be saved (a full disk, say) is said in the log; training goes on without it.
        """
        self.wait()
        copy = _copied(state)
        self.writer = threading.Thread(target=self._write, args=(copy,))
        self.writer.start()

    def wait(self) -> None:
        """Return when the last save is on the disk."""
        if self.writer is not None:
            self.writer.join()
            self.writer = None

    def load(self) -> dict[str, Any] | None:
        """The newest whole state, on the CPU; None where training starts from the beginning.

        A damaged state is said in the log, and the one before it is used.
        """
        for path, otherwise in (
            (self.newest, "the state before it is used"),
            (self.previous, "training starts from the beginning"),
        ):
            try:
                return self._read(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
                reason = str(error).splitlines()[0]
                log.note(f"{path} is damaged ({reason}): {otherwise}")
        return None

    def _write(self, state: dict[str, Any]) -> None:
        buffer = io.BytesIO()
        torch.save({"key": self.key, "state": state}, buffer)
        try:
            with write_whole(self.newest) as draft:
                with draft.open("wb") as file:
                    file.write(hashlib.sha256(buffer.getbuffer()).digest())
                    file.write(buffer.getbuffer())
                if self.newest.exists():
                    self.newest.replace(self.previous)
        except AblateError as error:
            log.note(f"the state of this training cannot be saved: {error}")

    def _read(self, path: Path) -> dict[str, Any]:
        content = memoryview(path.read_bytes())
        payload = content[DIGEST:]
        if hashlib.sha256(payload).digest() != bytes(content[:DIGEST]):
            raise ValueError("its digest does not match")
        found = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
        if found["key"] != self.key:
            raise ValueError("it is another training's")
        return found["state"]


def _copied(value: Any) -> Any:
    """A copy on the CPU, of tensors in dictionaries and lists, that later steps do not change."""
    if isinstance(value, torch.Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copied(inner) for inner in value)
    return value
