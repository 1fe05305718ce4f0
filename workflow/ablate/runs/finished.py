"""Finished runs, for figures and pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ablate.errors import AblateError, WeightsNotKept
from ablate.paths import Results, TrainingId
from ablate.requests.runs import ShownRun
from ablate.runs import history, metrics, predictions
from ablate.runs.metrics import Metrics

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class FinishedRun:
    """One finished training: a run and a seed, with the label it is shown under.

    Files are read when first asked for.

    Raises:
        AblateError: on access, where a file is missing or damaged.
    """

    results: Results
    run: str
    seed: int
    label: str

    @property
    def id(self) -> TrainingId:
        """Its run and seed; as text its name in addresses."""
        return TrainingId(self.run, self.seed)

    @property
    def folder(self) -> Path:
        """The folder that holds the run's files."""
        return self.results.run(self.run, self.seed)

    @property
    def exists(self) -> bool:
        """Whether the run is finished and measured."""
        return (self.folder / metrics.NAME).exists()

    @cached_property
    def metrics(self) -> Metrics:
        """What the run came to."""
        return Metrics.read(self.folder)

    @cached_property
    def history(self) -> "dict[str, np.ndarray]":
        """Column of history.csv -> float [epochs], accuracies in percent."""
        return history.read(self.folder)

    @cached_property
    def predictions(self) -> "tuple[np.ndarray, np.ndarray]":
        """Test probabilities [N, classes] at the best epoch, and true labels [N]."""
        return predictions.read(self.folder)

    @property
    def right(self) -> "np.ndarray":
        """Which test images it classifies correctly at the best epoch, bool [N]."""
        probabilities, labels = self.predictions
        return probabilities.argmax(axis=1) == labels

    @property
    def best_accuracy(self) -> float:
        """Best test accuracy in percent."""
        return self.metrics.best_accuracy

    def weights(self) -> dict[str, Any]:
        """The tensors of the best epoch by name, on the CPU. Loads torch.

        Raises:
            WeightsNotKept: it has none.
            AblateError: the checkpoint is damaged.
        """
        from ablate.runs import checkpoint

        path = self.folder / checkpoint.NAME
        weights = checkpoint.read(self.folder)["weights"] if path.exists() else None
        if weights is None:
            raise WeightsNotKept(
                f"{path} holds no weights: the run was made with keep: none, its weights "
                "were pruned, or it came from an export. Set keep: best and give the same command "
                "again to train it for them; partial: true leaves them out."
            )
        return weights


def finished_runs(
    results: Results, entries: Iterable[ShownRun], partial: bool = False
) -> list[FinishedRun]:
    """Every seed of every entry, in their order.

    With `partial`, those not finished are left out.
    """
    runs = [
        FinishedRun(results, *each, entry.label or entry.run)
        for entry in entries
        for each in entry.ids
    ]
    return [run for run in runs if run.exists] if partial else runs


def best_run(runs: Iterable[FinishedRun]) -> FinishedRun:
    """The run of the highest best test accuracy, the first of equals.

    Raises:
        AblateError: there is no run to choose from.
    """
    runs = list(runs)
    if not runs:
        raise AblateError("No run has finished, so there is none to choose.")
    return max(runs, key=lambda run: run.best_accuracy)
