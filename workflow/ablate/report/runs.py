"""What the site knows of each finished run: a line in the list of all, and details by need."""

import base64
from typing import Any

import numpy as np

from ablate.report import wording
from ablate.requests.page import Site
from ablate.requests.runs import ShownRun
from ablate.runs.finished import FinishedRun, finished_runs

EPOCHS = 100  # of a longer history only so many points are drawn
CURVES = ("lr", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
# Which images are right is a file of some 100 kB to read for each run.
MOST_COMPARED = 2000
KNOWN_ELSEWHERE = {"run", "seed", "settings", "parameters", "flops", "diverged", "best_epoch"}


def finished(request: Site) -> list[FinishedRun]:
    """Every finished run of the report."""
    entries = [ShownRun(run=run, seeds=(seed,)) for run, seed in request.runs]
    return finished_runs(request.results, entries, partial=True)


def line(run: FinishedRun) -> dict[str, Any]:
    """A run in the list of all runs: accuracies in percent, times in seconds."""
    metrics, made = run.metrics, run.metrics.provenance
    return {
        "id": str(run.id),
        "run": run.run,
        "seed": run.seed,
        "best": rounded(metrics.best_accuracy),
        "epoch": made.best_epoch,
        "last": rounded(metrics.last_accuracy),
        "train": rounded(metrics.train_accuracy),
        "loss": rounded(metrics.best_test_loss),
        "ece": rounded(metrics.ece),
        "seconds": rounded(made.seconds),
        "epochs": made.settings["epochs"],
        "parameters": made.parameters,
        "flops": made.flops,
        "flags": ["diverged"] * made.diverged + ["collapsed"] * metrics.collapsed,
        "device": made.device,
        "data": made.data[:12],
    }


def details(run: FinishedRun, compared: bool, accepted: str | None = None) -> dict[str, Any]:
    """Curves, confusion, which test images are right (where `compared`), and provenance.

    accepted: when the run was taken as it was, though the training's code had changed.
    """
    metrics = run.metrics
    provenance = metrics.provenance.model_dump(mode="json", exclude=KNOWN_ELSEWHERE)
    if accepted is not None:
        provenance["accepted"] = f"{accepted}: kept as it was, though its code had changed"
    found = {
        "history": history(run),
        "confusion": metrics.confusion,
        "provenance": wording.flat(provenance),
        "log": f"logs/train/{run.id}.log",
        "folder": str(run.folder.relative_to(run.results.root)),
    }
    return found | {"right": right_images(run)} if compared else found


def history(run: FinishedRun) -> dict[str, list[float | None]]:
    """The columns of history.csv by epoch; of a long one every k-th epoch, best and last kept."""
    columns = run.history
    epochs = columns["epoch"]
    step = max(1, -(-len(epochs) // EPOCHS))
    kept = (epochs.astype(int) % step == 0) | (epochs == epochs.max(initial=0))
    kept |= epochs == (run.metrics.provenance.best_epoch or 0)
    found = {"epoch": [int(epoch) for epoch in epochs[kept]]}
    return found | {name: [rounded(v, 5) for v in columns[name][kept]] for name in CURVES}


def right_images(run: FinishedRun) -> dict[str, Any]:
    """Which test images are classified correctly at the best epoch, a bit each, in base64."""
    right = run.right
    bits = np.packbits(right, bitorder="little").tobytes()
    return {"images": len(right), "bits": base64.b64encode(bits).decode()}


def rounded(value: float | None, digits: int = 9) -> float | None:
    """A number to so many significant digits; None for what is not finite."""
    if value is None or not np.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")
