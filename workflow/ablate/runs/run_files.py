"""Reads what a training left behind, and believes none of it unchecked."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ablate.errors import AblateError

HISTORY_COLUMNS = (
    "epoch",
    "step",
    "lr",
    "train_loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "seconds",
)
TRAINING_FIELDS = (
    "run",
    "seed",
    "settings",
    "observers",
    "code",
    "data",
    "started",
    "finished",
    "seconds",
    "device",
    "device_type",
    "precision",
    "threads",
    "deterministic",
    "graphed",
    "shared_device",
    "resumed",
    "images_per_second",
    "peak_memory_mb",
    "parameters",
    "flops",
    "diverged",
    "best_epoch",
    "versions",
    "git",
    "outputs",
)


@dataclass(frozen=True)
class RunFiles:
    """One training's record, history and predictions.

    Attributes:
        training: the record, training.json.
        training_digest: sha256 of training.json's bytes, in hex.
        history: column name to float array [E]; accuracies in percent.
        probabilities: [N, C], of the test images at the best epoch.
        labels: int [N], the true classes.
    """

    training: dict
    training_digest: str
    history: dict[str, np.ndarray]
    probabilities: np.ndarray
    labels: np.ndarray


def read_run_files(folder: str | Path) -> RunFiles:
    """The files of the run in `folder`, each checked against the digest in training.json.

    Raises:
        AblateError: a file is absent, cut short, edited, or lacks a part.
    """
    folder = Path(folder)
    record = _bytes(folder / "training.json")
    training = _parse_training(record, folder / "training.json")
    history = parse_history(_verified(folder / "history.csv", training), folder / "history.csv")
    if not training["diverged"] and not len(history["epoch"]):
        raise damaged(folder / "history.csv", "holds no epoch")
    probabilities, labels = parse_predictions(
        _verified(folder / "predictions.npz", training), folder / "predictions.npz"
    )
    digest = hashlib.sha256(record).hexdigest()
    return RunFiles(training, digest, history, probabilities, labels)


def parse_history(content: bytes, path: Path) -> dict[str, np.ndarray]:
    """The columns of a history.csv as float arrays [E]; an empty cell is NaN.

    Raises:
        AblateError: a column is missing, a row short, a cell no number, or epochs are not 1 to E.
    """
    try:
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        cells = np.array([[float(cell or "nan") for cell in row] for row in rows])
        columns = dict(zip(header, cells.reshape(len(rows), len(header)).T, strict=True))
    except ValueError as error:
        raise damaged(path, f"cannot be read as a table of numbers ({error})") from error
    missing = [name for name in HISTORY_COLUMNS if name not in header]
    if missing:
        raise damaged(path, f"lacks {', '.join(missing)} among its columns {', '.join(header)}")
    if ("holdout_loss" in header) != ("holdout_accuracy" in header):
        raise damaged(path, "has one of holdout_loss and holdout_accuracy without the other")
    if not np.array_equal(columns["epoch"], np.arange(1, len(rows) + 1)):
        raise damaged(path, f"should number its epochs 1 to {len(rows)} without a gap")
    return columns


def _parse_training(content: bytes, path: Path) -> dict:
    try:
        training = json.loads(content)
    except ValueError as error:
        raise damaged(path, f"is cut short or not JSON ({error})") from error
    if not isinstance(training, dict):
        raise damaged(path, "is not a JSON object")
    missing = [name for name in TRAINING_FIELDS if name not in training]
    if missing:
        raise damaged(path, f"lacks {', '.join(missing)}")
    return training


def parse_predictions(content: bytes, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [N, C] and labels [N] in a predictions.npz.

    Raises:
        AblateError: it does not hold them.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            probabilities, labels = arrays["probabilities"], arrays["labels"]
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise damaged(path, f"does not hold probabilities and labels ({error})") from error
    if probabilities.ndim != 2 or not len(labels) or labels.shape != probabilities.shape[:1]:
        raise damaged(
            path,
            f"should hold probabilities [N, C] and labels [N], not {list(probabilities.shape)} "
            f"and {list(labels.shape)}",
        )
    if labels.min() < 0 or labels.max() >= probabilities.shape[1]:
        raise damaged(path, f"has labels outside 0 to {probabilities.shape[1] - 1}")
    return probabilities, labels


def _verified(path: Path, training: dict) -> bytes:
    content = _bytes(path)
    recorded = training["outputs"].get(path.name)
    if recorded is None:
        raise damaged(path, "is not among the outputs that training.json vouches for")
    if recorded != hashlib.sha256(content).hexdigest():
        raise damaged(path, "has been edited or cut short: training.json has another sha256 of it")
    return content


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AblateError(
            f"{path} does not exist. Run snakemake again: this run alone is trained."
        ) from error
    except OSError as error:
        raise damaged(path, f"cannot be read: {error.strerror or error}") from error


def damaged(path: Path, finding: str) -> AblateError:
    """What to raise for a file of a training's that cannot be believed, and the way out."""
    return AblateError(
        f"{path} {finding}. Remove the folder {path.parent} and run snakemake again: "
        "this run alone is trained anew."
    )
