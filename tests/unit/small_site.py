"""A small site: two studies of three seeds with curves and predictions, numbers made up."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fake_runs import PROVENANCE
from small_results import SETTINGS, row, study_request, write_data, write_run

from ablate.data.manifest import Manifest
from ablate.paths import Results
from ablate.requests.findings import AskedFindings, ClaimingStudy
from ablate.requests.page import ListedFigure, Site
from ablate.requests.study import AskedStudy
from ablate.steps import findings
from ablate.steps.table import make

SEEDS = [0, 1, 2]
ACCURACIES = {"relu": 70.0, "elu": 80.0, "tanh": 10.0}
NOTE = "Demo: made-up numbers"


def site_request(results: Path, more_rows: Sequence[dict] = (), **changes: Any) -> Site:
    """Write the results tree, and what the site is asked for of it.

    `smooth` is a study of one's own: nothing was reported. `depth` shares a run with it.

    Args:
        more_rows: of `smooth`, whose runs are there already, or which have none.
    """
    write_data(results)
    rows = [
        row("relu", None, "run-relu", label="ReLU", seeds=SEEDS),
        row("elu", None, "run-elu", label="ELU", seeds=SEEDS, control="relu"),
        row("tanh", None, "run-tanh", label="Tanh $x$ 中", seeds=SEEDS, control="relu"),
        *more_rows,
    ]
    smooth = study_request(
        results, "smooth", title="Smooth activations", section="", noise=None, rows=rows
    )
    depth = study_request(
        results,
        "depth",
        title="Depth",
        section="2.2.7",
        noise=None,
        control="34",
        rows=[
            row("34", 80.93, "run-relu", label="34 layers", seeds=SEEDS),
            row("18", 80.56, "run-18", label="18 layers", seeds=[0], control="34"),
        ],
    )
    for name, accuracy in ACCURACIES.items():
        for seed in SEEDS:
            write_one(results, f"run-{name}", seed, accuracy + seed, name)
    write_one(results, "run-18", 0, 75.0, "relu")
    fields = [{**study, "note": NOTE, "preset": "demo"} for study in (smooth, depth)]
    studies = tuple(AskedStudy(**each) for each in fields)
    for study in studies:
        make(study, Results(results).table(study.name))
    asked = AskedFindings(studies=tuple(ClaimingStudy(**each) for each in fields))
    findings.found(asked).write(Results(results).tables)
    (results / "figures").mkdir()
    (results / "figures" / "curves.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    runs = [(f"run-{name}", seed) for name in ACCURACIES for seed in SEEDS]
    curves = ListedFigure(name="curves", title="Curves", section="2.2", caption="By epoch.")
    asked = {
        "results": Results(results),
        "note": NOTE,
        "preset": "demo",
        "studies": studies,
        "runs": (*runs, ("run-18", 0), ("run-gone", 0)),
        "figures": (curves,),
        "config": "seeds: [0, 1, 2]\n",
    }
    return Site(**{**asked, **changes})


def write_one(results: Path, run: str, seed: int, accuracy: float, activation: str) -> None:
    """A run of four epochs whose curves rise to its accuracy, and its predictions."""
    drawn = np.random.default_rng([seed, len(run)])
    labels = np.tile(np.arange(10), 4)
    said = np.where(drawn.random(40) < accuracy / 100, labels, (labels + 1) % 10)
    probabilities = np.eye(10)[said] * 0.9 + 0.01
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, said), 1)
    settings = {**SETTINGS, "model": {**SETTINGS["model"], "activation": {"name": activation}}}
    write_run(
        *(results, run, seed, accuracy),
        history={
            "epoch": [1, 2, 3, 4],
            "step": [10, 20, 30, 40],
            "lr": [0.1, 0.1, 0.01, 0.01],
            "train_loss": [1.5, 1.0, 0.5, 0.4],
            "train_accuracy": [40.0, 60.0, 80.0, 95.0],
            "test_loss": [40.0, 1.2, 0.8, 0.9],
            "test_accuracy": [accuracy / 4, accuracy / 2, accuracy, accuracy - 1],
            "seconds": [3.0, 3.0, 4.0, 3.0],
        },
        probabilities=probabilities,
        labels=labels,
        confusion=confusion.tolist(),
        settings=settings,
        data=Manifest.read(Results(results).manifest).digest,
        collapsed=accuracy < 15,
        best_epoch=3,
        seconds=PROVENANCE["seconds"] + seed,
    )
