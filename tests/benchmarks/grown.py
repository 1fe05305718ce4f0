"""Projects with any number of finished runs: one is trained, the others are copies of it that
differ in settings, seed and accuracy, in the format of real runs. What they say is made up.
"""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

from project import Project

from ablate.files import digest
from ablate.paths import Results
from ablate.planning import requests
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.products.run import FILES
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record
from ablate.settings import written
from ablate.steps import command_line

RESULTS = Path("results/grown")
STUDY = "rows"
TRAINED = f"{RESULTS}/tables/{STUDY}.csv"


def config(study: dict[str, Any], seeds: int) -> dict[str, Any]:
    """A config of one study of tiny networks on a CPU."""
    return {
        "preset": "grown",
        "presets": {"grown": {"note": "Copies of one run, with made-up accuracies"}},
        "device": "cpu",
        "data": {"source": "synthetic", "train": 64, "test": 100, "seed": 0},
        "seeds": list(range(seeds)),
        "recipes": {
            "tiny": {
                "model": {"name": "resnet18", "width": 0.0625},
                "optimizer": {"name": "SGD", "lr": 0.1},
                "batch_size": 32,
                "epochs": 2,
            }
        },
        "studies": {STUDY: {"title": "Many rows", "recipe": "tiny", **study}},
    }


def rows(count: int, changed: bool = False) -> dict[str, Any]:
    """A study of so many rows, each with a learning rate of its own; the last one `changed`."""
    found = {f"row_{i}": {"set": {"optimizer.lr": 0.01 + i / 1e5}} for i in range(count)}
    found["row_0"]["control"] = True
    if changed:
        found[f"row_{count - 1}"]["set"]["optimizer.lr"] = 0.5
    return {"rows": found}


def write(project: Project, asked_for: dict[str, Any]) -> None:
    """Make this the project's config. JSON is YAML."""
    (project.root / "config.yaml").write_text(json.dumps(asked_for, indent=1) + "\n")


def first(root: Path) -> Project:
    """A project with one run, really trained."""
    project = Project.fresh(root)
    write(project, config(rows(1), seeds=1))
    project.snakemake(TRAINED)
    return project


# Four files a run, each brought to the disk at once, would take most of the time.
@mock.patch("os.fsync", new=mock.Mock())
def grow(project: Project) -> int:
    """Finish every run that the project's config asks for, and its metrics; how many are new."""
    plan = Plan(written.read(project.root / "config.yaml"))
    products, results = Products(plan), Results(project.root / plan.results.root)
    trained = next(results.root.glob("runs/*/seed*"))
    record, metrics = Record.read(trained), Metrics.read(trained)
    new = [(run, seed) for run, seed in plan.trainings() if not results.run(run, seed).exists()]
    for run, seed in new:
        name = f"{run}/seed{seed}"
        training = products[f"runs/{name}"]
        copied = record.model_copy(
            update={
                "run": run,
                "seed": seed,
                "settings": training.request["settings"],
                "code": training.code,
            }
        )
        folder = results.run(run, seed)
        _link(trained, folder)
        copied.write(folder)
        accuracy = min(100.0, max(0.0, random.Random(name).gauss(60, 5)))
        metrics.model_copy(
            update={
                "best_accuracy": accuracy,
                "last_accuracy": accuracy,
                "provenance": copied.provenance(),
                "training_sha256": digest(folder / "training.json"),
            }
        ).write(folder)
        _record(project.root, requests.of(products[f"metrics/{name}"], plan.results))
    return len(new)


def _link(trained: Path, folder: Path) -> None:
    (folder / "tensorboard").mkdir(parents=True)
    for file in FILES:
        (folder / file).hardlink_to(trained / file)


def _record(root: Path, request: requests.Request) -> None:
    """Write the record of a product as its step does, from another folder."""

    def here(paths: Iterable[Path]) -> list[Path]:
        return [root / path for path in paths]

    placed = request.model_copy(
        update={
            "root": root / request.root,
            "inputs": here(request.inputs),
            "outputs": here(request.outputs),
            "record": root / request.record,
        }
    )
    command_line.record(placed, {path: digest(path) for path in placed.inputs})
