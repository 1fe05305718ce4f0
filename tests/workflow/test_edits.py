"""A table of edits to the code on a finished demo: what each outdates, and what it does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from project import Project

from ablate.planning.plan import Plan
from ablate.settings import Run, written

LIBRARY = "workflow/ablate"
ASKED = """
import json, sys
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.settings import written
plan = Plan({**written.read("config.yaml"), "preset": "demo"})
products = Products(plan)
staleness = Staleness(products)
print(json.dumps({name: staleness.reason(name) for name in products.names()}))
"""


@pytest.fixture
def copy(demo: Project, tmp_path: Path) -> Project:
    """The finished demo, to be changed."""
    return demo.copy(tmp_path / "project", memory=False)


def outdated(project: Project) -> dict[str, str]:
    """What is outdated now, with the reason."""
    environment = {**os.environ, "PYTHONPATH": str(project.root / "workflow")}
    asked = [sys.executable, "-c", ASKED]
    done = subprocess.run(
        asked, cwd=project.root, env=environment, text=True, capture_output=True, check=True
    )
    return {name: reason for name, reason in json.loads(done.stdout).items() if reason}


def kinds(found: dict[str, str]) -> set[str]:
    return {name.partition("/")[0] for name in found}


def appended(project: Project, path: str, text: str) -> None:
    file = project.root / LIBRARY / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + text)


NOTHING = {
    "an editor's swap file": ("training/.step.py.swp", "x"),
    "an editor's backup": ("planning/plan.py~", "x"),
    "a README beside models": ("models/README.md", "x"),
    "a comment": ("training/step.py", "\n# why\n"),
    "a new transform": ("augmentation/random_invert.py", '"""A transform."""\n'),
    "a new observer": ("observers/sharpness.py", '"""An observer."""\n'),
    "a new model family": ("models/mlp.py", '"""A family."""\n'),
    "a new figure": ("figures/histogram.py", '"""A figure."""\n'),
    "a change of the lock": ("job/lock.py", "\nOTHER = 1\n"),
    "a change of the estimate": ("job/estimate.py", "\nOTHER = 1\n"),
    "a change of what hangs on an epoch": ("job/actions.py", "\nOTHER = 1\n"),
    "a change of the train step": ("steps/train.py", "\nOTHER = 1\n"),
    "a change of how files are written": ("files.py", "\nOTHER = 1\n"),
    "a change of planning": ("planning/plan.py", "\nOTHER = 1\n"),
    "a change of how a build begins": ("building/alone.py", "\nOTHER = 1\n"),
    "a change of the settings": ("settings/message.py", "\nOTHER = 1\n"),
    "a change of a command": ("commands/status.py", "\nOTHER = 1\n"),
}


@pytest.mark.parametrize("edit", NOTHING)
def test_what_decides_no_bit_outdates_nothing(copy, edit):
    appended(copy, *NOTHING[edit])
    assert outdated(copy) == {}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("training/step.py", {"runs"}),
        ("training/optimizers.py", {"runs"}),
        # Figures of images read them.
        ("data/dataset.py", {"runs", "data", "figures"}),
        ("data/synthetic.py", {"data"}),
        # A figure draws what the error is taken from.
        ("evaluation/scores/ece.py", {"metrics", "figures"}),
    ],
)
def test_what_computes_outdates_what_it_computes(copy, path, kind):
    appended(copy, path, "\nOTHER = 1\n")
    found = outdated(copy)
    assert kinds(found) == kind
    if "runs" in kind:
        runs = [name for name in found if name.startswith("runs/")]
        assert {found[name] for name in runs} == {"code: the training has changed"}


def of_family(run: Run) -> bool:
    return run.model.family == "vgg"


def that_erase(run: Run) -> bool:
    return run.augmentation.RandomErasing is not None


@pytest.mark.parametrize(
    ("path", "chosen"),
    [("models/vgg.py", of_family), ("augmentation/random_erasing.py", that_erase)],
)
def test_what_a_run_chooses_outdates_the_runs_that_choose_it(copy, path, chosen):
    appended(copy, path, "\nOTHER = 1\n")
    plan = Plan({**written.read(copy.root / "config.yaml"), "preset": "demo"})
    runs = {name.split("/")[1] for name in outdated(copy) if name.startswith("runs/")}
    assert runs == {name for name, planned in plan.runs.items() if chosen(planned.run)} != set()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("figures/curves.py", {"figures/curves"}),
        # The site shows the table as it is made.
        ("tables/winners.py", {"tables/winners", "report/index"}),
    ],
)
def test_what_a_product_is_made_by_outdates_nothing_else(copy, path, expected):
    appended(copy, path, "\nOTHER = 1\n")
    assert set(outdated(copy)) == expected
