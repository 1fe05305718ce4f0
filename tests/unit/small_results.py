"""Writes small results trees for the tests of figures and pages: real files, made-up numbers."""

from pathlib import Path

import fake_runs
import numpy as np
import pandas as pd

from ablate.data import shared
from ablate.data.dataset import digest, save
from ablate.data.manifest import Manifest
from ablate.files import digest as sha256
from ablate.paths import Results
from ablate.requests.study import AskedStudy
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record
from ablate.steps.table import make

CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


def write_data(results: str | Path, classes=CLASSES, train=4, test=4, seed=0) -> dict:
    """Pack noise images, `train` and `test` of each class, class by class; the four arrays."""
    drawn = np.random.default_rng(seed)
    arrays = {
        f"{part}_{kind}": value
        for part, n in (("train", train), ("test", test))
        for kind, value in (
            ("labels", np.tile(np.arange(len(classes)), n)),
            ("images", drawn.integers(0, 256, (n * len(classes), 3, 32, 32), dtype=np.uint8)),
        )
    }
    manifest = Manifest(
        name="noise",
        digest=digest(arrays),
        classes=list(classes),
        train=train * len(classes),
        test=test * len(classes),
        train_of=train * len(classes),
        test_of=test * len(classes),
        size=(32, 32),
        mean=[0.5, 0.5, 0.5],
        std=[0.25, 0.25, 0.25],
        synthetic=True,
        source="synthetic",
    )
    save(arrays, manifest, Results(results).data)
    return arrays


def share_images(results: str | Path) -> str:
    """Pack images whose 4 test images are training images too; their digest."""
    arrays = write_data(results, CLASSES[:2], test=2)
    manifest = Manifest.read(Results(results).manifest)
    twice = {**arrays, "train_images": arrays["test_images"]}
    shared.note(twice, manifest, Results(results).data)
    return manifest.digest


def write_run(
    results: str | Path,
    run: str,
    seed: int = 0,
    accuracy: float = 80.0,
    *,
    history: dict[str, list[float]] | None = None,
    probabilities: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    **measures,
) -> Path:
    """Write one run's history.csv, training.json, metrics.json and, where given, predictions.npz;
    its folder."""
    folder = Results(results).run(run, seed)
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(history or HISTORY).to_csv(folder / "history.csv", index=False)
    if probabilities is not None:
        np.savez(folder / "predictions.npz", probabilities=probabilities, labels=labels)
    given = {name: measures.pop(name) for name in PROVENANCE if name in measures}
    made = measures.pop("provenance", {}) | given
    fake_runs.vouch(folder, **PROVENANCE | made | {"run": run, "seed": seed})
    written = {
        "best_accuracy": accuracy,
        "last_accuracy": accuracy,
        "best_test_loss": 0.7,
        "last_test_loss": 0.8,
        "train_accuracy": 95.0,
        "train_loss": 0.1,
        "chosen_epoch": None,
        "chosen_accuracy": None,
        "collapsed": False,
        "per_class_accuracy": [80.0] * 10,
        "confusion": [[0] * 10] * 10,
        "ece": 0.05,
        **measures,
    }
    training = sha256(folder / "training.json")
    Metrics(**written, provenance=Record.read(folder).provenance(), training_sha256=training).write(
        folder
    )
    return folder


def study_request(results: str | Path, study: str = "activation", **changes) -> dict:
    """The fields of a study of three rows: a control, one better, one collapsed at chance."""
    return {
        "name": study,
        "title": "Activation functions",
        "section": "2.2.5",
        "question": "Which activation?",
        "control": "relu",
        "results": Results(results),
        "note": None,
        "noise": {"sd": 1.0, "df": 4},
        "partial": False,
        "rows": [
            row("relu", 80.6, "run-relu"),
            row("elu", 82.26, "run-elu", control="relu", differs_by=["model.activation"]),
            row(
                *("tanh", 74.66, "run-tanh"),
                control="relu",
                differs_by=["model.activation", "optimizer.lr"],
            ),
        ],
        **changes,
    }


def row(name: str, reported: float | None, run: str, **changes) -> dict:
    """The fields of a row of a study's request."""
    return {
        "name": name,
        "label": name,
        "control": None,
        "differs_by": [],
        "reported": reported,
        "seeds": [0],
        "reported_seconds": None,
        "reported_seconds_is": "exact",
        "run": run,
        **changes,
    }


def write_study(study: dict, accuracies: dict[str, list[float]], **metrics: dict) -> None:
    """Write a study's runs, from accuracies by row and seed, and its table as the product does.

    A row with fewer accuracies than seeds lacks the last of them. `metrics` gives further measures
    as {measure: {row: value}}.
    """
    for entry in study["rows"]:
        name = entry["name"]
        more = {measure: by_row[name] for measure, by_row in metrics.items() if name in by_row}
        for seed, accuracy in zip(entry["seeds"], accuracies[name], strict=False):
            write_run(study["results"].root, entry["run"], seed, accuracy, **more)
    make(AskedStudy(**study | {"partial": True}), study["results"].table(study["name"]))


SETTINGS = {
    "model": {"name": "resnet34", "width": 1.0, "stem_kernel": 3, "stem_stride": 1},
    "optimizer": {"name": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-5},
    "schedule": {"name": "StepLR", "step_size": 10, "gamma": 0.1},
    "augmentation": {},
    "normalize": "dataset",
    "epochs": 3,
    "batch_size": 128,
}
PROVENANCE = fake_runs.PROVENANCE | {
    "settings": SETTINGS,
    "code": "c0de" * 16,
    "git": "abc1234" * 5,
    "started": "2025-01-01T00:00:00+00:00",
    "finished": "2025-01-01T00:00:10+00:00",
    "seconds": 10.0,
    "train_images": 40,
    "images_per_second": 1000.0,
    "observers": [],
    "parameters": 1000,
    "flops": 2000,
    "versions": {"python": "3.11.2", "torch": "2.15.0", "torchvision": "0.30", "numpy": "2.3"},
}
HISTORY = {
    "epoch": [1, 2, 3],
    "step": [10, 20, 30],
    "lr": [0.1, 0.1, 0.01],
    "train_loss": [1.5, 1.0, 0.1],
    "train_accuracy": [40.0, 60.0, 95.0],
    "test_loss": [1.4, 0.7, 0.8],
    "test_accuracy": [45.0, 80.0, 79.0],
    "seconds": [3.0, 3.0, 4.0],
}
