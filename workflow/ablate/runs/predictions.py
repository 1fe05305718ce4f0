"""predictions.npz: what a network says of the test images at its best epoch."""

import io
import zipfile
from pathlib import Path

import numpy as np

from ablate.files import write_whole
from ablate.runs.record import damaged, verified

NAME = "predictions.npz"


def write(folder: str | Path, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Write probabilities, float32 [N, classes], and the true labels, int [N]."""
    with write_whole(Path(folder) / NAME) as draft:
        np.savez(draft, probabilities=probabilities, labels=labels.astype(np.int64))


def read(folder: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [N, classes] and labels [N]."""
    path = Path(folder) / NAME
    try:
        with np.load(io.BytesIO(verified(folder, NAME)), allow_pickle=False) as arrays:
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
