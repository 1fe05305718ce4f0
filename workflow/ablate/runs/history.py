"""history.csv: one line an epoch."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ablate.files import write_whole
from ablate.runs.record import damaged, verified

NAME = "history.csv"
COLUMNS = (
    *("epoch", "step", "lr", "train_loss", "train_accuracy", "test_loss", "test_accuracy"),
    "seconds",
)

History = dict[str, np.ndarray]


def write(folder: str | Path, rows: Sequence[Mapping[str, float]]) -> None:
    """Write an epoch a line, seconds last.

    Numbers have the nine digits that tell any two float32 apart.
    """
    columns = [name for name in rows[0] if name != "seconds"]
    with (
        write_whole(Path(folder) / NAME) as draft,
        draft.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, "seconds"])
        for row in rows:
            numbers = [format(row[name], ".9g") for name in columns]
            writer.writerow([*numbers, format(row["seconds"], ".3f")])


def read(folder: str | Path) -> History:
    """The columns as float arrays [E], accuracies in percent; an empty cell is NaN."""
    path = Path(folder) / NAME
    try:
        text = verified(folder, NAME).decode()
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        cells = np.array([[float(cell or "nan") for cell in row] for row in rows])
        columns = dict(zip(header, cells.reshape(len(rows), len(header)).T, strict=True))
    except ValueError as error:
        raise damaged(path, f"cannot be read as a table of numbers ({error})") from error
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise damaged(path, f"has no column {', '.join(missing)}, only {', '.join(header)}")
    if ("holdout_loss" in header) != ("holdout_accuracy" in header):
        raise damaged(path, "has one of holdout_loss and holdout_accuracy without the other")
    if not np.array_equal(columns["epoch"], np.arange(1, len(rows) + 1)):
        raise damaged(path, f"should number its epochs 1 to {len(rows)} without a gap")
    return columns
