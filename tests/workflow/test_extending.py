"""The recipes of docs/extending.md, followed to the letter in a copy of the library."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from project import ROOT, Project

PAGE = ROOT / "docs" / "extending.md"
MOST_FILES = 3
BLOCK = re.compile(r"(?:^`([^`]+)`(, new)?:\n\n)?^```(python|diff|yaml)\n(.*?)^```$", re.M | re.S)

# A study of two rows in which everything that was added is used.
CONFIG = """
preset: mini
presets: {mini: {}}
device: cpu
data: {source: arrays, path: pets.npz, name: pets}
recipes:
  small:
    model: {name: allconv_3, width: 0.25, kernel: 5}
    optimizer: {name: SGD, lr: 0.05}
    schedule: null
    augmentation: {RandomInvert: {p: 0.2}}
    batch_size: 32
    epochs: 2
studies:
  added:
    title: What was added
    recipe: small
    observers: [gradient_norm]
    rows:
      plain: {control: true}
      other_kernel: {set: {model.kernel: 3}}
      lion: {set: {optimizer: {name: lion.Lion, lr: 1.0e-3}}}
figures:
  learning_rates:
    title: Learning rates
    runs: {Plain: added/plain}
    options: {scale: linear}
"""

# The digest of the code of every run of the report, by run.
DIGESTS = """
import json, sys
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import written
plan = Plan(written.read("config.yaml"))
products = Products(plan)
runs = {f"runs/{run}/seed{seed}" for run, seed in plan.trainings()}
print(json.dumps({name: products[name].code for name in sorted(runs)}))
"""


@dataclass(frozen=True)
class Change:
    """What a block does to a file: a new one's text, or (old, new) within it."""

    path: str
    old: str | None
    new: str


def recipes() -> dict[str, list[Change]]:
    """The changes of each recipe, by its title."""
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]
    return {section.partition("\n")[0]: changes(section) for section in sections}


def changes(section: str) -> list[Change]:
    found, path = [], ""
    for named, new, kind, text in BLOCK.findall(section):
        path = named or path
        if kind == "diff":
            old = "".join(line[1:] for line in text.splitlines(True) if not line.startswith("+"))
            after = "".join(line[1:] for line in text.splitlines(True) if not line.startswith("-"))
            found.append(Change(path, old, after))
        elif named:
            assert new, f"{path} is shown whole, but is not marked as new"
            found.append(Change(path, None, text))
    return found


def follow(root: Path, change: Change) -> None:
    file = root / change.path
    if change.old is None:
        assert not file.exists(), f"{change.path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(change.new)
        return
    text = file.read_text()
    assert text.count(change.old) == 1, f"{change.path} should hold this once:\n{change.old}"
    file.write_text(text.replace(change.old, change.new))


@dataclass(frozen=True)
class Extended:
    """A copy of the project with all recipes followed."""

    project: Project
    digests_before: dict[str, str]

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return python(self.project.root, *arguments)


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy, with the copy's library."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "workflow")},
        text=True,
        capture_output=True,
        check=False,
    )


def digests(root: Path) -> dict[str, str]:
    done = python(root, "-c", DIGESTS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Extended:
    project = Project.fresh(tmp_path_factory.mktemp("extended") / "project")
    ignore = shutil.ignore_patterns("__pycache__", "workflow", "benchmarks")
    shutil.copytree(ROOT / "tests", project.root / "tests", ignore=ignore)
    shutil.copytree(ROOT / "docs", project.root / "docs", ignore=shutil.ignore_patterns("images"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, project.root)
    before = digests(project.root)
    for change in (change for each in recipes().values() for change in each):
        follow(project.root, change)
    done = python(project.root, "-m", "ablate.generate")
    assert done.returncode == 0, done.stderr
    return Extended(project, before)


@pytest.mark.parametrize("title", recipes())
def test_a_recipe_takes_three_files_at_most(title):
    files = {change.path for change in recipes()[title]}
    assert 2 <= len(files) <= MOST_FILES
    assert any(path.startswith("tests/") for path in files)


def test_the_tests_of_the_recipes_pass(extended):
    tests = [c.path for each in recipes().values() for c in each if c.path.startswith("tests/")]
    # What is generated must be in step with what was added too.
    done = extended.python("-m", "pytest", "-q", "tests/unit/generate", *tests)
    assert done.returncode == 0, done.stdout


def test_nothing_that_is_added_outdates_a_run_that_does_not_use_it(extended):
    assert digests(extended.project.root) == extended.digests_before


def test_a_study_trains_and_shows_what_was_added(extended):
    root = extended.project.root
    draw = np.random.default_rng(0)
    arrays = {}
    for part, n in (("train", 96), ("test", 40)):
        arrays[f"{part}_labels"] = np.arange(n) % 4
        noise = draw.integers(0, 60, (n, 3, 16, 16))
        arrays[f"{part}_images"] = noise.astype(np.uint8)
    np.savez(root / "pets.npz", **arrays)
    (root / "config.yaml").write_text(CONFIG)
    figure = "results/mini/figures/learning_rates.png"
    extended.project.snakemake("results/mini/tables/added.csv", figure)
    with (root / "results/mini/tables/added.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["plain", "other_kernel", "lion"]
    assert all(row["n"] == "1" for row in rows)
    assert (root / figure).exists()
    for run in (root / "results/mini/runs").iterdir():
        assert 0 < json.loads((run / "seed0/metrics.json").read_text())["brier"] < 2
        with np.load(run / "seed0/steps.npz") as series:
            assert len(series["gradient_norm"]) == 2 * 3
