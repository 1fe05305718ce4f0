"""A job stopped by SIGTERM while it replays, and gone on with in a new process: the same bits?"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import torch

from ablate.data import dataset
from ablate.data.dataset import ARRAYS
from check_gpu.kinds import Kind
from check_gpu.trainings import Finding

# Long enough to be stopped in time; the graphs are recorded after four epochs.
EPOCHS = {"cuda": 1000, "cpu": 16}
STOP_AFTER = "epoch 6 "


def check(kind: Kind, device: str, folder: Path) -> Finding:
    """Train once in one go and once with a stop, and compare weights and history."""
    data = pack(kind, folder / "data")
    request = folder / "request.json"
    request.write_text(json.dumps(asked(kind, device)))
    whole, stopped = folder / "whole", folder / "stopped"
    job = [sys.executable, "-m", "check_gpu.child", str(request), str(data)]
    codes = [
        subprocess.run([*job, str(whole), str(folder / "a")], stdout=subprocess.DEVNULL).returncode,
        stop([*job, str(stopped), str(folder / "b")]),
    ]
    if codes[1] == 128 + signal.SIGTERM:
        again = [*job, str(stopped), str(folder / "b")]
        codes.append(subprocess.run(again, stdout=subprocess.DEVNULL).returncode)
    if codes != [0, 128 + signal.SIGTERM, 0]:
        return Finding(f"stop and go on: {kind.name}", (f"exit codes {codes}",), wrong=True)
    same = outcome(whole) == outcome(stopped)
    seen = "same bits in a new process" if same else "OTHER BITS in a new process"
    return Finding(f"stop and go on: {kind.name}", (seen,), wrong=not same)


def pack(kind: Kind, folder: Path) -> Path:
    """The kind's images as a pack step leaves them."""
    arrays = {name: getattr(kind.data, name) for name in ARRAYS}
    manifest = kind.data.manifest.model_copy(update={"digest": dataset.digest(arrays)})
    dataset.save(arrays, manifest, folder)
    return folder


def asked(kind: Kind, device: str) -> dict:
    """A job's request, with deterministic kernels."""
    run = kind.of_epochs(EPOCHS[device])
    return {
        "run": kind.name,
        "seed": 0,
        "settings": run.resolved(),
        "observers": kind.observers,
        "code": "",
        "device": device,
        "deterministic": True,
        # One slot of the card is this process's own.
        "gpu_slots": 2,
    }


def stop(command: list[str]) -> int:
    """Start a job, send it SIGTERM once it replays; its exit code."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    job = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    for line in job.stdout:
        if line.startswith(STOP_AFTER):
            job.send_signal(signal.SIGTERM)
            break
    job.stdout.read()
    return job.wait()


def outcome(folder: Path) -> tuple[bytes, list[list[str]]]:
    """The weights' bytes, and the history without its seconds."""
    weights = torch.load(folder / "checkpoint.pt", weights_only=True)
    rows = [line.split(",") for line in (folder / "history.csv").read_text().splitlines()]
    seconds = rows[0].index("seconds")
    kept = [[cell for place, cell in enumerate(row) if place != seconds] for row in rows]
    return b"".join(_bytes(weights)), kept


def _bytes(value: object) -> list[bytes]:
    if isinstance(value, torch.Tensor):
        return [value.contiguous().view(-1).numpy().tobytes()]
    if isinstance(value, dict):
        return [part for inner in value.values() for part in _bytes(inner)]
    return []
