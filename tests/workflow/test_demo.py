"""The finished demo: what a user finds after `make demo`."""

import csv
import json
import statistics
from pathlib import Path

import jsonschema
import pytest
from project import ROOT, Project

from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.settings import written

COLUMNS = [
    "study",
    "row",
    "label",
    "differs_by",
    "reported",
    "n",
    "best_mean",
    "best_std",
    "last_mean",
    "last_std",
    "delta",
    "vs_control",
    "vs_control_low",
    "vs_control_high",
    "best_epoch_mean",
    "train_accuracy_mean",
    "seconds_mean",
    "reported_seconds",
    "parameters",
    "flops",
    "diverged",
    "collapsed",
    "missing",
    "runs",
]

NEW_QUESTION = """
  smooth_activations:
    title: Smooth activations
    question: Do smooth relatives of ReLU do better?
    recipe: resnet34
    rows:
      relu: {control: true}
      gelu: {set: {model.activation: GELU}}
      silu: {set: {model.activation: SiLU}}
"""


@pytest.fixture(scope="module")
def products(demo: Project) -> Products:
    return Products(Plan({**written.read(demo.root / "config.yaml"), "preset": "demo"}))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_product_of_the_report_is_there(demo, products):
    missing = [
        str(path)
        for name in products.names()
        for path in (*products[name].outputs, products[name].record)
        if not (demo.root / path).stat().st_size
    ]
    assert missing == []


def test_study_tables_have_the_promised_columns_and_rows(demo, products):
    for study in products.plan.studies.values():
        found = rows(demo.root / products.plan.results.table(study.name))
        assert list(found[0]) == COLUMNS
        assert [row["row"] for row in found] == list(study.rows)
        assert all(row["n"] == "1" for row in found)


def test_the_report_has_its_93_accuracies(demo, products):
    summary = rows(demo.root / products.plan.results.table("summary"))
    assert sum(row["reported"] != "" for row in summary) == 93


def test_metrics_follow_their_schema(demo, products):
    schema = json.loads((ROOT / "workflow/schemas/metrics.schema.json").read_text())
    for run, seed in products.plan.trainings():
        found = json.loads(
            (demo.root / products.plan.results.run(run, seed) / "metrics.json").read_text()
        )
        jsonschema.validate(found, schema)
        assert found["provenance"]["run"] == run


def test_equal_settings_are_trained_once(demo, products):
    found = {path.parent.name for path in (demo.root / "results/demo/runs").glob("*/seed0")}
    assert found == set(products.plan.runs)


def test_networks_learn_the_synthetic_images(demo, products):
    accuracies = [
        {row["row"]: float(row["best_mean"]) for row in rows(demo.root / table)}
        for table in map(products.plan.results.table, products.plan.studies)
    ]
    # Most rows of most studies learn, and not all the same.
    learned = [sum(best > 30 for best in study.values()) / len(study) for study in accuracies]
    assert statistics.median(learned) > 0.6
    apart = [max(study.values()) - min(study.values()) for study in accuracies]
    assert statistics.median(apart) > 10
    improved = {row["row"]: row for row in rows(demo.root / "results/demo/tables/improved.csv")}
    assert float(improved["resnet18"]["best_mean"]) > 70
    assert improved["resnet18"]["collapsed"] == "0"


def test_the_demo_says_so_everywhere(demo, products):
    note = products.plan.note
    for study in products.plan.studies:
        assert note in (demo.root / f"results/demo/tables/{study}.md").read_text()
    for figure in products.names_of("figures"):
        assert "Demo" in (demo.root / f"results/demo/figures/{figure}.svg").read_text()
    for report in ("report.md", "report/index.html"):
        assert note in (demo.root / "results/demo" / report).read_text()


def test_nothing_unfinished_is_left(demo):
    assert not list((demo.root / "results/demo/state").rglob("*.pt"))
    hidden = {path.name for path in (demo.root / "results/demo").rglob(".*") if path.is_file()}
    assert hidden <= {".snakemake_timestamp", ".building"}


def test_a_question_of_ones_own_needs_no_code(demo, tmp_path):
    project = demo.copy(tmp_path / "project")
    project.edit(
        "config.yaml",
        "\n# Runs that differ in the learning rate alone",
        NEW_QUESTION + "\n# Runs that differ in the learning rate alone",
    )
    targets = [
        "results/demo/tables/smooth_activations.csv",
        "results/demo/figures/study_smooth_activations.png",
    ]
    assert sum(rule == "train" for rule, _ in project.due(*targets)) == 2
    project.snakemake(*targets, "--config", "preset=demo")
    found = rows(project.root / targets[0])
    assert [row["row"] for row in found] == ["relu", "gelu", "silu"]
    assert all(float(row["best_mean"]) > 0 for row in found)
    assert (project.root / targets[1]).stat().st_size > 10_000


def test_one_seed_gives_one_history(demo, products, tmp_path):
    project = Project.fresh(tmp_path / "project")
    run = next(n for n in products.plan.runs if n.startswith("vgg_a") and "dropout" in n)
    history = f"results/demo/runs/{run}/seed0/history.csv"
    project.snakemake(history, "--config", "preset=demo")
    first, second = (rows(root / history) for root in (demo.root, project.root))
    for row in (*first, *second):
        row.pop("seconds")
    assert first == second
