"""A study of two short runs in a project of its own, and what it must come to, bit for bit."""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from project import Project

from ablate.files import DRAFT

RESULTS = Path("results/mini")
TARGETS = (f"{RESULTS}/tables/with_bn.csv", f"{RESULTS}/tables/residual.csv")
COMMAND = (sys.executable, "-m", "snakemake", "--cores", "2", *TARGETS)
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}

# All that draws random numbers or keeps a state: dropout, RReLU, running statistics, Adam's
# moments, augmentation, a schedule, observers.
CONFIG = """
preset: mini
presets: {mini: {}}
device: cpu
save_every: 0
data: {source: synthetic, train: 256, test: 100, seed: 0}
observers: {gradients: {every: 5}, line_probe: {every: 20}}
recipes:
  vgg:
    model: {name: vgg_a, width: 0.0625, batch_norm: true, dropout: 0.2}
    optimizer: {name: Adam, lr: 1.0e-3}
    augmentation: {RandomCrop: {size: 32, padding: 4}, RandomErasing: {p: 0.5}}
    batch_size: 32
    epochs: 12
  resnet:
    model: {name: resnet18, width: 0.0625, hidden: 16, dropout: 0.1, activation: RReLU}
    optimizer: {name: SGD, lr: 0.1}
    schedule: {name: StepLR, step_size: 2, gamma: 0.5}
    augmentation: {ColorJitter: {brightness: 0.2}, RandomHorizontalFlip: {p: 0.5}}
    batch_size: 32
    epochs: 6
studies:
  with_bn:
    title: Batch normalisation
    recipe: vgg
    observers: [loss, gradients]
    rows: {vgg_a: {control: true}}
  residual:
    title: A residual network
    recipe: resnet
    observers: [line_probe]
    rows: {resnet18: {control: true}}
"""


@dataclass(frozen=True)
class Built:
    """The study, built in `seconds` without an interruption, and what it came to."""

    project: Project
    seconds: float
    outcome: dict[str, Any]


def fresh(root: Path) -> Project:
    """A project with this study alone, nothing built."""
    project = Project.fresh(root)
    (root / "config.yaml").write_text(CONFIG)
    return project


def unbuilt(project: Project, root: Path) -> Project:
    """Another project of the same code and config, nothing built."""
    shutil.copytree(project.root, root, ignore=shutil.ignore_patterns("results", ".snakemake"))
    return Project(root)


def built(root: Path) -> Built:
    """The study without an interruption."""
    project = fresh(root)
    began = time.monotonic()
    done = subprocess.run(
        COMMAND, cwd=root, env=ENVIRONMENT, text=True, capture_output=True, check=False
    )
    assert not done.returncode, done.stdout + done.stderr
    return Built(project, time.monotonic() - began, outcome(root))


def outcome(root: Path) -> dict[str, Any]:
    """All that the study comes to, by name; what tells of time and circumstances is left out."""
    results = root / RESULTS
    found: dict[str, Any] = {"data": (results / "data/manifest.json").read_text()}
    for folder in sorted(results.glob("runs/*/seed*")):
        found |= {f"{folder.parent.name}: {k}": v for k, v in of_run(folder).items()}
    for table in sorted(results.glob("tables/*.csv")):
        rows = list(csv.DictReader(table.open(newline="")))
        found[f"table {table.stem}"] = [{**row, "seconds_mean": None} for row in rows]
    return found


def run_folder(root: Path, model: str) -> Path:
    """The folder of the run of a model, by the beginning of its name."""
    (folder,) = (root / RESULTS / "runs").glob(f"{model}*/seed0")
    return folder


def of_run(folder: Path) -> dict[str, Any]:
    """What a run comes to: weights, predictions, series, history, metrics."""
    checkpoint = torch.load(folder / "checkpoint.pt", weights_only=True)
    found = {f"weights of {k}": v.numpy() for k, v in checkpoint["weights"].items()}
    for file in ("predictions.npz", "steps.npz"):
        with np.load(folder / file) as arrays:
            kept = [name for name in arrays if not name.endswith("_seconds")]
            found |= {f"{name} in {file}": arrays[name] for name in kept}
    lines = (folder / "history.csv").read_text().splitlines()
    found["history"] = [line.rpartition(",")[0] for line in lines]
    metrics = json.loads((folder / "metrics.json").read_text())
    for circumstance in ("provenance", "training_sha256", "sha256"):
        del metrics[circumstance]
    return {**found, "metrics": metrics}


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The names under which two outcomes differ by as much as a bit."""
    names = [*one, *(name for name in other if name not in one)]
    return [name for name in names if not same(one.get(name), other.get(name))]


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, arrays bit for bit."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        alike = (one.dtype, one.shape) == (other.dtype, other.shape)
        return alike and one.tobytes() == other.tobytes()
    return type(one) is type(other) and one == other


def leftovers(root: Path) -> list[str]:
    """Drafts of files and states of trainings, none of which a finished build leaves."""
    results = root / RESULTS
    found = [*results.rglob(f"{DRAFT}*"), *results.glob("state/*/*")]
    return [str(path.relative_to(root)) for path in found]
