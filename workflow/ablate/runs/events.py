"""tensorboard/: a training's events. Scalars, the first layer's weights, kernels, mistakes."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ablate.files import write_whole

if TYPE_CHECKING:
    from tensorboardX.proto.summary_pb2 import Summary

FOLDER = "tensorboard"
NAME = "events.out.tfevents.ablate"
PATH = f"{FOLDER}/{NAME}"
BINS = 64


class Events:
    """Writes events to one file.

    tensorboardX's SummaryWriter would write from a thread of its own, and hang on a full disk; this
    one writes at once, and raises OSError. started: when the training began, ISO 8601; events are
    dated by the seconds trained since.
    """

    def __init__(self, path: str | Path, started: str) -> None:
        # Loading tensorboardX costs a quarter of a second, so only where events are written.
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.record_writer import RecordWriter

        self.event = Event
        self.time = datetime.fromisoformat(started).timestamp()
        self.file = RecordWriter(str(path))
        self._write(file_version="brain.Event:2")

    def add_epoch(self, row: dict[str, float], weights: dict[str, Any]) -> None:
        """Add a row of the history and the histogram of the first layer's weights."""
        from tensorboardX import summary

        self.time += row["seconds"]
        for name, value in row.items():
            if name not in ("epoch", "step") and np.isfinite(value):
                self.add(summary.scalar(name, value), row["epoch"])
        if weights:
            self.add(summary.histogram_raw("first_layer", **weights), row["epoch"])

    def add_image(self, name: str, image: np.ndarray, epoch: int) -> None:
        """Add a picture, uint8 [3, height, width]."""
        from tensorboardX import summary

        self.add(summary.image(name, image), epoch)

    def add(self, summary: "Summary", epoch: int) -> None:
        """Add what TensorBoard shows of an epoch."""
        self._write(summary=summary, step=int(epoch))

    def flush(self) -> None:
        """Let TensorBoard see all that was added."""
        self.file.flush()

    def close(self) -> None:
        """Finish the file."""
        self.file.close()

    def _write(self, **content: Any) -> None:
        self.file.write(self.event(wall_time=self.time, **content).SerializeToString())


def write(
    folder: str | Path,
    started: str,
    history: list[dict[str, float]],
    histograms: list[dict[str, Any]],
    kernels: np.ndarray | None,
    mistakes: np.ndarray,
) -> None:
    """Write a training's events, whole or not at all, as one file in the run's folder.

    kernels: [filters, 3, height, width] of the first layer at the best epoch, if it has any.
    mistakes: uint8 [n, 3, height, width], the images misclassified with most confidence.
    """
    shutil.rmtree(Path(folder) / FOLDER, ignore_errors=True)
    with write_whole(Path(folder) / PATH) as draft:
        events = Events(draft, started)
        for row, weights in zip(history, histograms, strict=True):
            events.add_epoch(row, weights)
        if kernels is not None:
            events.add_image("stem_kernels", grid(brightened(kernels)), history[-1]["epoch"])
        if len(mistakes):
            events.add_image("mistakes", grid(mistakes), history[-1]["epoch"])
        events.close()


def histogram(weights: np.ndarray) -> dict[str, Any]:
    """What TensorBoard needs of a histogram of `weights`, in plain numbers and lists.

    Empty where a weight is not finite.
    """
    values = weights.astype(np.float64).ravel()
    if not np.isfinite(values).all():
        return {}
    counts, edges = np.histogram(values, BINS)
    return {
        "min": float(values.min()),
        "max": float(values.max()),
        "num": values.size,
        "sum": float(values.sum()),
        "sum_squares": float((values**2).sum()),
        "bucket_limits": edges[1:].tolist(),
        "bucket_counts": counts.tolist(),
    }


def grid(images: np.ndarray) -> np.ndarray:
    """Images [n, 3, h, w] as one [3, H, W], in rows of a near-square, a dark pixel between them."""
    n, channels, height, width = images.shape
    columns = int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    whole = np.zeros((rows * columns, channels, height + 1, width + 1), np.uint8)
    whole[:n, :, :height, :width] = images
    tiled = whole.reshape(rows, columns, channels, height + 1, width + 1)
    return tiled.transpose(2, 0, 3, 1, 4).reshape(channels, rows * (height + 1), -1)


def brightened(kernels: np.ndarray) -> np.ndarray:
    """Kernels [n, channels, h, w] as uint8, each from its least to its greatest weight."""
    low = kernels.min((1, 2, 3), keepdims=True)
    spread = kernels.max((1, 2, 3), keepdims=True) - low
    return np.uint8(255 * (kernels - low) / np.where(spread > 0, spread, 1))
