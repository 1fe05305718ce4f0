"""What one training came to: metrics.json, rebuilt from the run's files without training."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from ablate.evaluation.calibration import expected_calibration_error
from ablate.evaluation.chance import chance, is_at_chance
from ablate.evaluation.confusion import confusion, per_class_accuracy
from ablate.files import write_whole
from ablate.runs.run_files import RunFiles, damaged, read_run_files
from ablate.runs.seal import read_sealed, sealed_text

METRICS = "metrics.json"

# Predictions may be made anew, in other batches than the epoch's evaluation: a few images tip over.
AGREEMENT = 1.0  # percent points

History = dict[str, np.ndarray]


def metrics(folder: str | Path, label: str | None = None, code: str | None = None) -> dict:
    """The measures of the run in `folder`, as workflow/schemas/metrics.schema.json describes them.

    Accuracies are percent, losses nats, seconds wall time; what is not finite becomes None. A run
    that diverged counts with its best epoch, and with chance where it has none.

    Args:
        folder: the run's folder, with training.json, history.csv and predictions.npz.
        label: what tables call the run.
        code: digest of the code that makes the metrics.

    Raises:
        AblateError: a file is absent, damaged, or at odds with another.
    """
    files = read_run_files(folder)
    guess = chance(files.labels)
    best = _best(files, guess, Path(folder))
    measures = {
        "run": files.training["run"],
        "seed": files.training["seed"],
        "settings": files.training["settings"],
        "label": label,
        **best,
        **_last(files.history, guess),
        **_chosen(files.history, guess),
        "diverged": files.training["diverged"],
        "collapsed": is_at_chance(best["best_accuracy"], files.labels),
        **_by_class(files),
        "seconds": files.training["seconds"],
        "epochs": len(files.history["epoch"]),
        "steps": int(files.history["step"].max(initial=0)),
        "parameters": files.training["parameters"],
        "flops": files.training["flops"],
        "provenance": {key: value for key, value in files.training.items() if key != "outputs"},
        "made_by": {"code": code, "training": files.training_digest},
    }
    return _finite(measures)


def write_metrics(folder: str | Path, label: str | None = None, code: str | None = None) -> None:
    """Write `metrics(folder, label, code)` to metrics.json in `folder`, sealed by its digest."""
    text = sealed_text(metrics(folder, label, code))
    with write_whole(Path(folder) / METRICS) as draft:
        draft.write_text(text, encoding="utf-8")


def read_metrics(path: str | Path) -> dict:
    """The content of a metrics.json.

    Raises:
        AblateError: the file is absent, was edited by hand or cut short.
    """
    return read_sealed(
        path,
        "Remove it and run snakemake again: it is rebuilt from the run's own files, "
        "without training.",
    )


def _best(files: RunFiles, guess: float, folder: Path) -> dict:
    epoch, accuracy = files.training["best_epoch"], files.history["test_accuracy"]
    if not epoch and files.training["diverged"]:
        return {"best_accuracy": guess, "best_epoch": None, "best_test_loss": None}
    if epoch not in range(1, len(accuracy) + 1) or accuracy[epoch - 1] != np.nanmax(accuracy):
        raise damaged(
            folder / "training.json",
            f"names epoch {epoch} as the best, and in history.csv beside it that is not the epoch "
            "of the highest test accuracy",
        )
    _check_predictions(files, accuracy[epoch - 1], folder)
    return {
        "best_accuracy": float(accuracy[epoch - 1]),
        "best_epoch": epoch,
        "best_test_loss": float(files.history["test_loss"][epoch - 1]),
    }


def _check_predictions(files: RunFiles, best: float, folder: Path) -> None:
    predicted = 100 * np.mean(files.probabilities.argmax(axis=1) == files.labels)
    # On a small test set a single image weighs more than the agreement asked for.
    if abs(predicted - best) > max(AGREEMENT, 100 / len(files.labels)) + 1e-6:
        raise damaged(
            folder / "predictions.npz",
            f"is right on {predicted:.2f} % of the test images, and history.csv beside it says "
            f"{best:.2f} % at the best epoch",
        )


def _last(history: History, guess: float) -> dict:
    return {
        "last_accuracy": _accuracy(_final(history, "test_accuracy"), guess),
        "last_test_loss": _final(history, "test_loss"),
        "train_accuracy": _final(history, "train_accuracy"),
        "train_loss": _final(history, "train_loss"),
    }


def _chosen(history: History, guess: float) -> dict:
    """The epoch that held-out training images choose, and its accuracy on the test images."""
    held_out = history.get("holdout_accuracy", np.array([]))
    if not np.isfinite(held_out).any():
        return {"chosen_epoch": None, "chosen_accuracy": None}
    chosen = int(np.nanargmax(held_out))
    accuracy = _accuracy(float(history["test_accuracy"][chosen]), guess)
    return {"chosen_epoch": chosen + 1, "chosen_accuracy": accuracy}


def _by_class(files: RunFiles) -> dict:
    counts = confusion(files.probabilities, files.labels)
    return {
        "classes": len(counts),
        "per_class_accuracy": per_class_accuracy(counts).tolist(),
        "confusion": counts.tolist(),
        "ece": expected_calibration_error(files.probabilities, files.labels),
    }


def _final(history: History, column: str) -> float:
    return float(history[column][-1]) if len(history[column]) else math.nan


def _accuracy(value: float, guess: float) -> float:
    """`value`, or chance where a network's outputs are no numbers: it names one class for all."""
    return value if math.isfinite(value) else guess


def _finite(value: Any) -> Any:
    """`value` with None for every number that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
