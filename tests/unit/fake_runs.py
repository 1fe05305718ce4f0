"""Folders of runs in the real formats, made in milliseconds, for tests of what reads them."""

import json
from pathlib import Path

import numpy as np

from ablate.evaluation.metrics import metrics
from ablate.files import digest as sha256
from ablate.paths import Results
from ablate.runs import predictions as prediction_file
from ablate.runs import steps
from ablate.runs.record import Provenance, Record
from ablate.runs.sealed import digest

COLUMNS = "epoch,step,lr,train_loss,train_accuracy,test_loss,test_accuracy,seconds"
PROVENANCE = {
    "run": "resnet18-0001",
    "seed": 0,
    "settings": {"model": {"name": "resnet18"}, "epochs": 3},
    "observers": [{"name": "loss"}],
    "code": "c0de" * 4,
    "data": "da7a" * 16,
    "started": "2024-01-01T00:00:00Z",
    "finished": "2024-01-01T00:01:00Z",
    "seconds": 60.0,
    "device": "Test CPU",
    "device_type": "cpu",
    "precision": "fp32",
    "threads": 1,
    "deterministic": True,
    "graphed": False,
    "machines": ["Test CPU, torch 2.15.0"],
    "shared_device": False,
    "resumed": 0,
    "train_images": 1000,
    "images_per_second": 1234.5,
    "peak_memory_mb": 100.0,
    "parameters": 11_173_962,
    "flops": 280_000_000,
    "diverged": False,
    "best_epoch": 2,
    "kept": "best",
    "versions": {"python": "3.11.0", "torch": "2.0.0", "torchvision": "0.15", "numpy": "2.0"},
    "git": "abcdef0123456789",
}
FILES = (
    *("history.csv", "predictions.npz", "steps.npz", "checkpoint.pt"),
    "tensorboard/events.out.tfevents.ablate",
)


def provenance(**changes) -> Provenance:
    """What made a run, invented."""
    return Provenance(**PROVENANCE | changes)


def vouch(folder: Path, **changes) -> None:
    """Write training.json anew for the files in `folder` as they are, and its digest into
    metrics.json where there is one."""
    made = Record.read(folder).provenance() if (folder / "training.json").exists() else provenance()
    names = [name for name in FILES if (folder / name).exists()]
    Record.of(made.model_copy(update=changes), folder, names).write(folder)
    if (folder / "metrics.json").exists():
        edit(folder / "metrics.json", training_sha256=sha256(folder / "training.json"))


def write_series(folder: Path, made: dict | None = None, **series) -> None:
    """The folder of a finished run with its step series, and a record that vouches for them."""
    folder.mkdir(parents=True, exist_ok=True)
    steps.write(folder, series)
    vouch(folder, **made or {})


def edit(path: Path, **changes) -> None:
    """Change a sealed file as one would who knows how it is sealed."""
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(content | {"sha256": digest(content)}))


def history_text(accuracies, columns=COLUMNS, losses=None) -> str:
    """A history.csv whose test accuracies (percent) are given; steps of 10 an epoch."""
    lines = [columns]
    for index, accuracy in enumerate(accuracies, 1):
        loss = losses[index - 1] if losses else 2.0 / index
        lines.append(f"{index},{10 * index},0.1,{loss},{90 + index},{loss + 0.5},{accuracy},1.5")
    return "\n".join(lines) + "\n"


def predictions(accuracy: float, n: int = 1000, classes: int = 10, confidence: float = 0.7):
    """Probabilities [n, classes] right on `accuracy` percent of balanced labels [n]."""
    labels = np.arange(n) % classes
    right = np.arange(n) < round(accuracy / 100 * n)
    predicted = np.where(right, labels, (labels + 1) % classes)
    rest = (1 - confidence) / (classes - 1)
    probabilities = np.full((n, classes), rest, np.float32)
    probabilities[np.arange(n), predicted] = confidence
    return probabilities, labels.astype(np.int64)


def write_run(
    results: Path,
    run: str = "resnet18-0001",
    seed: int = 0,
    accuracies=(50.0, 80.0, 70.0),
    history: str | None = None,
    arrays=None,
    **record,
) -> Path:
    """The folder of a finished run, with the files that its metrics are rebuilt from."""
    folder = Results(results).run(run, seed)
    folder.mkdir(parents=True)
    (folder / "history.csv").write_text(history or history_text(accuracies))
    probabilities, labels = arrays or predictions(np.nanmax([*accuracies, 0]))
    # As they are, also where no training would write them so.
    np.savez(folder / prediction_file.NAME, probabilities=probabilities, labels=labels)
    best = int(np.nanargmax(accuracies)) + 1 if np.isfinite(accuracies).any() else None
    vouch(folder, run=run, seed=seed, **{"best_epoch": best, **record})
    return folder


def measured_run(results: Path, run: str, seed: int = 0, best: float = 80.0, **others) -> Path:
    """A finished run with its metrics.json; best accuracy, in percent with one decimal, in the
    second of three epochs."""
    accuracies = others.pop("accuracies", (best / 2, best, best - 1))
    folder = write_run(results, run, seed, accuracies, **others)
    metrics(folder).write(folder)
    return folder
