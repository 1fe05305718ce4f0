"""Many seeds and rows, on copies of one run: tables and site are built, and what is due is few."""

import csv
import re
import subprocess
import sys

from project import Project

from benchmarks import grown

SEEDS, ROWS = 30, 10
# Six files of a run, its metrics and their record, each once; and some of tables and pages.
LOOKS_A_RUN = 9
# Bytes of one word of a command line, on Linux.
LONGEST_WORD = 128 * 1024
DRY_RUN = """
import os
from snakemake.cli import main

look, looks = os.stat, 0

def counted(path, *arguments, **options):
    global looks
    looks += "results/" in str(path)
    return look(path, *arguments, **options)

os.stat = counted
try:
    main(["-n", "--cores", "2"])
finally:
    print("looked", looks, "times")
"""


def test_thirty_seeds_build_their_table_and_site_and_one_changed_row_is_all_that_is_due(tmp_path):
    project = grown.first(tmp_path / "project")
    grown.write(project, grown.config(grown.rows(ROWS), SEEDS))
    assert grown.grow(project) == SEEDS * ROWS - 1
    said = project.snakemake().stdout
    assert "rule train:" not in said
    table = project.root / grown.RESULTS / f"tables/{grown.STUDY}.csv"
    assert [row["n"] for row in csv.DictReader(table.open(newline=""))] == [str(SEEDS)] * ROWS
    assert (project.root / grown.RESULTS / "report/index.html").exists()
    said = dry_run(project)
    assert "Nothing to be done" in said
    # On a network disk each look takes time.
    assert int(re.search(r"^looked (\d+) times", said, re.M)[1]) < LOOKS_A_RUN * SEEDS * ROWS
    # Snakemake is not told of what is finished: the workflow as a whole still is there to be seen.
    assert edges(project) == 2 * SEEDS * ROWS

    grown.write(project, grown.config(grown.rows(ROWS, changed=True), SEEDS))
    due = project.due(preset="grown")
    assert [rule for rule, _ in due].count("train") == SEEDS


def dry_run(project: Project) -> str:
    """What a dry run says, and last how often it has asked for a result's size and time."""
    done = subprocess.run(
        [sys.executable, "-c", DRY_RUN],
        cwd=project.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout


def edges(project: Project) -> int:
    """How many trainings and metrics are in the graph that Snakemake draws."""
    graph = project.snakemake("--dag").stdout
    return sum(
        f'label = "{rule}' in line for line in graph.splitlines() for rule in ("train", "metrics")
    )


def test_a_grid_of_a_thousand_rows_is_asked_for_by_more_than_a_command_line_may_hold(tmp_path):
    project = grown.first(tmp_path / "project")
    rates = [round(0.1 - i / 1e4, 5) for i in range(1, 1000)]
    grid = {"rows": {"base": {"control": True}}, "grid": {"optimizer.lr": [0.1, *rates]}}
    grown.write(project, grown.config(grid, seeds=1))
    assert grown.grow(project) == 999
    said = project.snakemake().stdout
    assert "rule train:" not in said
    table = project.root / grown.RESULTS / f"tables/{grown.STUDY}.csv"
    with table.open(newline="") as lines:
        assert sum(row["n"] == "1" for row in csv.DictReader(lines)) == 1000
    assert (project.root / grown.RESULTS / "report/index.html").exists()
    sizes = [path.stat().st_size for path in project.root.glob(".snakemake/requests/*.json")]
    assert max(sizes) > LONGEST_WORD
