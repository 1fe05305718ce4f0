"""The files that a finished training leaves, each whole or not at all, its record last."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from ablate import models
from ablate.files import write_whole
from ablate.runs import checkpoints, tensorboard
from ablate.training.training import Row, Training

RECORD = "training.json"
FILES = ("history.csv", "steps.npz", "predictions.npz", "checkpoint.pt")


def write(
    folder: str | Path, training: Training, record: dict[str, Any], labels: np.ndarray, keep: str
) -> np.ndarray:
    """Write history, step series, predictions and checkpoint; gives the predictions.

    labels: of the test images. keep: "best", "both" or "none", the weights that the checkpoint has.
    The predictions are probabilities at the best epoch, float32 [test images, classes].

    Raises:
        AblateError: a file cannot be written.
    """
    folder = Path(folder)
    write_history(folder / "history.csv", training.history)
    series = [observer.series() for observer in training.observers]
    with write_whole(folder / "steps.npz") as draft:
        np.savez(draft, **{name: values for kept in series for name, values in kept.items()})
    last = training.evaluated.state_dict() if keep == "both" else None
    probabilities = best_probabilities(training)
    with write_whole(folder / "predictions.npz") as draft:
        np.savez(draft, probabilities=probabilities, labels=labels.astype(np.int64))
    weights = None if keep == "none" else training.best.weights
    checkpoints.write(folder / "checkpoint.pt", weights, last, record)
    return probabilities


def best_probabilities(training: Training) -> np.ndarray:
    """Predictions at the best epoch; untrained ones where a run diverged before it had any."""
    if training.best.probabilities is None:
        trained = training.weights()
        training.evaluated.load_state_dict(training.best.weights)
        training.best.probabilities = training.evaluations["test"]().probabilities
        training.evaluated.load_state_dict(trained)
    return training.best.probabilities.cpu().numpy()


def best_kernels(training: Training) -> np.ndarray | None:
    """The first layer's weights at the best epoch, [filters, 3, height, width].

    None in a network whose first layer is no convolution of colour images.
    """
    layer = models.first_layer(training.evaluated)
    if layer is None or layer.in_channels != 3:
        return None
    name = next(n for n, module in training.evaluated.named_modules() if module is layer)
    return training.best.weights[f"{name}.weight"].float().cpu().numpy()


def write_record(folder: str | Path, record: dict[str, Any]) -> None:
    """Write training.json: `record`, and the sha256 of every file it vouches for."""
    folder = Path(folder)
    files = [*(folder / name for name in FILES), *sorted((folder / tensorboard.FOLDER).iterdir())]
    digests = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    with write_whole(folder / RECORD) as draft:
        draft.write_text(json.dumps({**record, "outputs": digests}, indent=1) + "\n")


def hold(folder: str | Path, identity: dict[str, Any]) -> bool:
    """Whether `folder` holds the whole outputs of a training of this identity."""
    folder = Path(folder)
    try:
        found = json.loads((folder / RECORD).read_bytes())
        whole = all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
            for name, digest in found["outputs"].items()
        )
    except (OSError, ValueError, KeyError):
        return False
    return whole and all(found.get(name) == value for name, value in identity.items())


def write_history(path: Path, history: list[Row]) -> None:
    """One line an epoch; numbers to the nine digits that tell any two float32 apart."""
    with write_whole(path) as draft, draft.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns = [name for name in history[0] if name != "seconds"]
        writer.writerow([*columns, "seconds"])
        for row in history:
            numbers = [format(row[name], ".9g") for name in columns]
            writer.writerow([*numbers, format(row["seconds"], ".3f")])
