"""predictions.npz: what a network says of the test images at its best epoch.

Whatever ablate measures reads the leading class's probability or the true one's. These are kept in
full, and all others to three decimals: their last digits, which are noise that no compression
takes, were more than half of what a run weighs where it travels.
"""

import io
import zipfile
from pathlib import Path

import numpy as np

from ablate.files import write_whole
from ablate.runs.record import damaged, verified

NAME = "predictions.npz"
# Of a probability that is neither the leading nor the true class's. A power of two leaves the low
# bytes of a float empty.
STEP = np.float32(1 / 1024)


def write(folder: str | Path, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Write probabilities, float32 [N, classes], and the true labels, int [N].

    Those of the leading and of the true class are written as they are, the others to within half a
    `STEP`; they never reach the leading one.
    """
    with write_whole(Path(folder) / NAME) as draft:
        np.savez(draft, probabilities=_kept(probabilities, labels), labels=labels.astype(np.int64))


def _kept(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    rounded = np.round(probabilities / STEP) * STEP
    leading = probabilities.max(axis=1, keepdims=True)
    full = (probabilities == leading) | (rounded >= leading)
    full[np.arange(len(labels)), labels] = True
    return np.where(full, probabilities, rounded)


def mistakes(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the wrongly classified images, the most confident first; ties in data order."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def read(folder: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [N, classes], of which `write` says how exact they are, and labels [N]."""
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
