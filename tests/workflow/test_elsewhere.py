"""A study of one trained row and one that was measured elsewhere, from its config to its page."""

import csv

import pytest
from project import Project

CONFIG = """
preset: mini
presets: {mini: {}}
device: cpu
data: {source: synthetic, train: 64, test: 50, seed: 0}
recipes:
  tiny: {model: {name: resnet18, width: 0.0625}, batch_size: 32, epochs: 1}
studies:
  mixed:
    title: Ours and theirs
    recipe: tiny
    rows:
      ours: {control: true}
      theirs: {measured: {best_accuracy: [93.1, 93.4], source: their repository}, reported: 93.0}
    claims:
      theirs-better: {says: Theirs is better., order: [theirs, ours]}
  others:
    title: Theirs alone
    rows:
      relu: {control: true, measured: [90.0, 90.1, 90.2]}
      gelu: {measured: [95.0, 95.1, 95.2]}
    claims:
      gelu-better: {says: GELU is better., order: [gelu, relu]}
"""
TABLES = "results/mini/tables"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    project = Project.fresh(tmp_path_factory.mktemp("elsewhere") / "project")
    (project.root / "config.yaml").write_text(CONFIG)
    return project


def rows(project: Project, table: str) -> dict[str, dict[str, str]]:
    with (project.root / TABLES / f"{table}.csv").open(newline="") as file:
        return {row["row"]: row for row in csv.DictReader(file)}


def test_a_table_of_such_rows_alone_needs_no_images_and_no_training(project):
    project.snakemake(f"{TABLES}/others.csv")
    assert float(rows(project, "others")["gelu"]["vs_control"]) == pytest.approx(5.0)
    assert not (project.root / "results/mini/runs").exists()
    assert not (project.root / "results/mini/data").exists()


def test_the_whole_report_trains_the_others_and_shows_both(project):
    due = [rule for rule, _ in project.due(preset="mini")]
    assert due.count("train") == 1
    project.snakemake()
    theirs = rows(project, "mixed")["theirs"]
    assert (theirs["n"], theirs["runs"]) == ("2", "")
    assert float(theirs["best_mean"]) == pytest.approx(93.25)
    claims = rows_by_claim(project)
    assert claims["gelu-better"]["verdict"] == "confirmed"
    assert claims["theirs-better"]["verdict"] == "undecided"
    for file in (f"{TABLES}/mixed.md", f"{TABLES}/mixed.tex", "results/mini/report.md"):
        text = (project.root / file).read_text()
        assert "theirs (measured elsewhere): their repository" in text
    assert (project.root / "results/mini/figures/study_others.png").exists()
    assert project.due(preset="mini") == []
    said = project.shell("python -m ablate.cli status; python -m ablate.cli verify").stdout
    assert (
        "others: Against relu (measured elsewhere), better: gelu (measured elsewhere) +5.00" in said
    )
    assert "links hold" in said


def test_another_value_makes_anew_what_shows_it_alone(project):
    project.edit("config.yaml", "[95.0, 95.1, 95.2]", "[95.0, 95.1, 95.3]")
    due = project.due(preset="mini")
    assert not {"train", "metrics", "pack"} & {rule for rule, _ in due}
    tables = {name for rule, name in due if rule == "table"}
    assert tables == {"table=others", "table=summary", "table=claims"}
    assert {n for rule, n in due if rule == "unbound_figure"} == {"figure=study_others"}


def rows_by_claim(project: Project) -> dict[str, dict[str, str]]:
    with (project.root / TABLES / "claims.csv").open(newline="") as file:
        return {row["claim"]: row for row in csv.DictReader(file)}
