"""Many seeds and rows, on copies of one run: tables and site are built, and what is due is few."""

import csv

from project import Project

from benchmarks import grown

SEEDS, ROWS = 30, 10


def test_thirty_seeds_build_their_table_and_site_and_one_changed_row_is_all_that_is_due(tmp_path):
    project = grown.first(tmp_path / "project")
    grown.write(project, grown.config(grown.rows(ROWS), SEEDS))
    assert grown.grow(project) == SEEDS * ROWS - 1
    said = project.snakemake().stdout
    assert "rule train:" not in said
    table = project.root / grown.RESULTS / f"tables/{grown.STUDY}.csv"
    assert [row["n"] for row in csv.DictReader(table.open(newline=""))] == [str(SEEDS)] * ROWS
    assert (project.root / grown.RESULTS / "report/index.html").exists()
    assert "Nothing to be done" in project.snakemake("-n").stdout
    # Snakemake is not told of what is finished: the workflow as a whole still is there to be seen.
    assert edges(project) == 2 * SEEDS * ROWS

    grown.write(project, grown.config(grown.rows(ROWS, changed=True), SEEDS))
    due = project.due(preset="grown")
    assert [rule for rule, _ in due].count("train") == SEEDS


def edges(project: Project) -> int:
    """How many trainings and metrics are in the graph that Snakemake draws."""
    graph = project.snakemake("--dag").stdout
    return sum(
        f'label = "{rule}' in line for line in graph.splitlines() for rule in ("train", "metrics")
    )
