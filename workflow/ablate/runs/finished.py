"""Reads back what runs and tables left in a results tree, for figures and pages."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ablate.errors import AblateError
from ablate.evaluation.metrics import METRICS, read_metrics
from ablate.paths import Results
from ablate.runs.run_files import parse_history, parse_predictions

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class FinishedRun:
    """One finished training: a run and a seed, with the label it is shown under.

    Files are read when first asked for.

    Raises:
        AblateError: on access, where a file is missing or damaged.
    """

    results: str
    run: str
    seed: int
    label: str

    @property
    def folder(self) -> Path:
        """The folder that holds the run's files."""
        return Results(self.results).run(self.run, self.seed)

    @property
    def exists(self) -> bool:
        """Whether the run is finished and measured."""
        return (self.folder / METRICS).exists()

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """metrics.json."""
        return read_metrics(_existing(self.folder / METRICS))

    @cached_property
    def history(self) -> "dict[str, np.ndarray]":
        """history.csv: column -> float [epochs], accuracies in percent."""
        path = _existing(self.folder / "history.csv")
        return parse_history(path.read_bytes(), path)

    @cached_property
    def predictions(self) -> "tuple[np.ndarray, np.ndarray]":
        """Test probabilities [N, classes] at the best epoch, and true labels [N]."""
        path = _existing(self.folder / "predictions.npz")
        return parse_predictions(path.read_bytes(), path)

    @property
    def best_accuracy(self) -> float:
        """Best test accuracy in percent."""
        return float(self.metrics["best_accuracy"])

    def weights(self) -> dict[str, Any]:
        """The tensors of the best epoch by name, on the CPU. Loads torch.

        Raises:
            AblateError: the checkpoint is damaged or holds no weights.
        """
        from ablate.runs import checkpoints

        path = _existing(self.folder / "checkpoint.pt")
        weights = checkpoints.read(path)["weights"]
        if weights is None:
            raise AblateError(
                f"{path} holds no weights, since the run was made with keep: none. "
                "Set keep: best and run it again to draw its network."
            )
        return weights


def _existing(path: Path) -> Path:
    if not path.exists():
        raise AblateError(f"{path} is not there. Build it first: snakemake --cores 1 {path}")
    return path


def finished_runs(
    results: str, entries: Iterable[dict[str, Any]], partial: bool = False
) -> list[FinishedRun]:
    """Every seed of every entry {"run", "seeds", "label"}, in their order.

    With `partial`, those not finished are left out.
    """
    runs = [
        FinishedRun(results, entry["run"], seed, entry.get("label", entry["run"]))
        for entry in entries
        for seed in entry["seeds"]
    ]
    return [run for run in runs if run.exists] if partial else runs


def best_run(runs: Iterable[FinishedRun]) -> FinishedRun:
    """The run of the highest best test accuracy, the first of equals.

    Raises:
        AblateError: there is no run to choose from.
    """
    runs = list(runs)
    if not runs:
        raise AblateError("No run is finished to choose the best from.")
    return max(runs, key=lambda run: run.best_accuracy)


def read_table(results: str, name: str) -> list[dict[str, str]]:
    """A table's CSV, a dict a row; every cell is text, as rows may be called 1e-5 or none.

    Raises:
        AblateError: the table is missing.
    """
    with _existing(Results(results).table(name)).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(cell: str | float | None) -> float:
    """The number in a cell; nan in an empty one."""
    return float("nan") if cell in (None, "") else float(cell)
