"""What one training came to, from the run's files alone, without training."""

import math
from pathlib import Path

import numpy as np

from ablate.evaluation.chance import chance, is_at_chance
from ablate.evaluation.confusion import confusion, per_class_accuracy
from ablate.evaluation.scores import scores
from ablate.files import digest
from ablate.runs import history, predictions, record
from ablate.runs.history import History
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record, damaged

# Predictions may be made anew, in other batches than the epoch's evaluation: a few images tip over.
AGREEMENT = 1.0  # percentage points


def metrics(folder: str | Path) -> Metrics:
    """The measures of the run in `folder`, from its record, history and predictions.

    What is not finite becomes None. A run that diverged counts with its best epoch, and with chance
    where it has none.
    """
    folder = Path(folder)
    training = Record.read(folder)
    epochs = history.read(folder)
    if not training.diverged and not len(epochs["epoch"]):
        raise damaged(folder / history.NAME, "holds no epoch")
    probabilities, labels = predictions.read(folder)
    guess = chance(labels)
    best = _best(training, epochs, guess, folder)
    if training.best_epoch is not None:
        _check_predictions(probabilities, labels, best["best_accuracy"], folder)
    counts = confusion(probabilities, labels)
    return Metrics(
        **best,
        **_last(epochs, guess),
        **_chosen(epochs, guess),
        collapsed=is_at_chance(best["best_accuracy"], labels),
        per_class_accuracy=[_finite(share) for share in per_class_accuracy(counts).tolist()],
        confusion=counts.tolist(),
        **{name: _finite(value) for name, value in scores(probabilities, labels).items()},
        provenance=training.provenance(),
        training_sha256=digest(folder / record.NAME),
    )


def _best(training: Record, epochs: History, guess: float, folder: Path) -> dict:
    epoch, accuracy = training.best_epoch, epochs["test_accuracy"]
    if epoch is None and training.diverged:
        return {"best_accuracy": guess, "best_test_loss": None}
    if epoch not in range(1, len(accuracy) + 1) or accuracy[epoch - 1] != np.nanmax(accuracy):
        raise damaged(
            folder / record.NAME,
            f"names epoch {epoch} as the best, and in history.csv beside it that is not the epoch "
            "of the highest test accuracy",
        )
    return {
        "best_accuracy": float(accuracy[epoch - 1]),
        "best_test_loss": _finite(epochs["test_loss"][epoch - 1]),
    }


def _check_predictions(
    probabilities: np.ndarray, labels: np.ndarray, best: float, folder: Path
) -> None:
    predicted = 100 * np.mean(probabilities.argmax(axis=1) == labels)
    # On a small test set a single image weighs more than the agreement asked for.
    if abs(predicted - best) > max(AGREEMENT, 100 / len(labels)) + 1e-6:
        raise damaged(
            folder / predictions.NAME,
            f"is right on {predicted:.2f} % of the test images, and history.csv beside it says "
            f"{best:.2f} % at the best epoch",
        )


def _last(epochs: History, guess: float) -> dict:
    final = {name: column[-1] if len(column) else math.nan for name, column in epochs.items()}
    return {
        "last_accuracy": _accuracy(float(final["test_accuracy"]), guess),
        "last_test_loss": _finite(final["test_loss"]),
        "train_accuracy": _finite(final["train_accuracy"]),
        "train_loss": _finite(final["train_loss"]),
    }


def _chosen(epochs: History, guess: float) -> dict:
    """The epoch that held-out training images choose, and its accuracy on the test images."""
    held_out = epochs.get("holdout_accuracy", np.array([]))
    if not np.isfinite(held_out).any():
        return {"chosen_epoch": None, "chosen_accuracy": None}
    chosen = int(np.nanargmax(held_out))
    accuracy = _accuracy(float(epochs["test_accuracy"][chosen]), guess)
    return {"chosen_epoch": chosen + 1, "chosen_accuracy": accuracy}


def _accuracy(value: float, guess: float) -> float:
    """`value`, or chance where a network's outputs are no numbers: it names one class for all."""
    return value if math.isfinite(value) else guess


def _finite(value: float) -> float | None:
    """`value`, or None where it is a number that JSON cannot hold."""
    return float(value) if math.isfinite(value) else None
