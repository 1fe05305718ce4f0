"""Runs travel: what one tree exports another takes in, and builds the same tables from it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import ministudy
import pytest
from project import Project


def ablate(project: Project, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "ablate.cli", *arguments],
        cwd=project.root,
        env={**ministudy.ENVIRONMENT, "PYTHONPATH": str(project.root / "workflow")},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.fixture(scope="module")
def archive(mini, tmp_path_factory) -> Path:
    """The finished runs of the study."""
    out = tmp_path_factory.mktemp("export") / "runs.tar.xz"
    assert ablate(mini.project, "export", str(out)).stdout == f"2 of 2 runs exported to {out}\n"
    return out


@pytest.fixture
def empty(mini, tmp_path) -> Project:
    """The same study, its images packed and nothing trained."""
    project = ministudy.unbuilt(mini.project, tmp_path / "project")
    shutil.copytree(mini.project.root / ministudy.RESULTS / "data", results(project) / "data")
    record = "records/data.json"
    (results(project) / record).parent.mkdir()
    shutil.copy2(results(mini.project) / record, results(project) / record)
    return project


def results(project: Project) -> Path:
    return project.root / ministudy.RESULTS


def test_tables_are_the_same_and_nothing_is_trained(mini, archive, empty):
    taken = ablate(empty, "merge", str(archive))
    assert taken.stdout == "2 runs taken in, 0 already here, 0 left out\n"
    tables = [f"tables/{name}.csv" for name in ("residual", "with_bn")]
    done = empty.snakemake(*(f"{ministudy.RESULTS}/{table}" for table in tables))
    assert "rule train" not in done.stdout
    for table in tables:
        here, there = results(empty) / table, results(mini.project) / table
        for suffix in (".csv", ".md", ".tex"):
            assert here.with_suffix(suffix).read_bytes() == there.with_suffix(suffix).read_bytes()


def test_what_is_here_is_not_overwritten_and_a_folder_travels_too(mini, archive, empty):
    ablate(empty, "merge", str(archive))
    before = {path: path.stat().st_mtime_ns for path in results(empty).glob("runs/*/*/*")}
    again = ablate(empty, "merge", str(results(mini.project)))
    assert again.stdout == "0 runs taken in, 2 already here, 0 left out\n"
    assert {path: path.stat().st_mtime_ns for path in results(empty).glob("runs/*/*/*")} == before


def test_what_does_not_prove_itself_is_named_and_left_out(mini, empty, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(results(mini.project) / "runs", other / "runs")
    vgg, resnet = sorted(other.glob("runs/*/seed0"), reverse=True)
    text = (vgg / "history.csv").read_text()
    (vgg / "history.csv").write_text(text.replace("1", "2", 1))
    resnet.rename(resnet.with_name("seed7"))
    taken = ablate(empty, "merge", str(other))
    assert taken.returncode == 1
    assert "history.csv has been edited or cut short" in taken.stdout
    assert "seed7: nothing in the plan asks for it" in taken.stdout
    assert "0 runs taken in, 0 already here, 2 left out" in taken.stdout
    assert not (results(empty) / "runs").exists()


def changed(project: Project) -> None:
    """Another code of training, which computes the same."""
    step = project.root / "workflow/ablate/training/step.py"
    step.write_text(step.read_text() + "\nOTHER = 1\n")


def test_a_run_of_other_code_is_left_out_unless_that_is_accepted(archive, empty):
    changed(empty)
    taken = ablate(empty, "merge", str(archive))
    assert taken.stdout.count("code: the training has changed") == 2
    assert f"known to be harmless: ablate merge --accept {archive}\n" in taken.stdout
    assert not (results(empty) / "runs").exists()
    taken = ablate(empty, "merge", "--accept", str(archive))
    assert taken.stdout == "2 runs taken in, 0 already here, 0 left out\n"
    assert len(re.findall("accepted on .*: runs/", ablate(empty, "status").stdout)) == 2
    assert "rule train" not in empty.snakemake("-n", *ministudy.TARGETS).stdout


def test_a_run_that_was_accepted_before_it_was_exported_can_be_taken_in(mini, empty, tmp_path):
    there = mini.project.copy(tmp_path / "there")
    for project in (there, empty):
        changed(project)
    assert "0 of 2 runs exported" in ablate(there, "export", str(tmp_path / "none")).stdout
    ablate(there, "accept", "--write")
    archive = tmp_path / "runs.tar.xz"
    assert "2 of 2 runs exported" in ablate(there, "export", str(archive)).stdout
    assert "--accept" in ablate(empty, "merge", str(archive)).stdout
    assert ablate(empty, "merge", "--accept", str(archive)).stdout.startswith("2 runs taken in")
    again = ablate(empty, "export", str(tmp_path / "again"))
    assert again.stdout.startswith("2 of 2 runs exported")


def test_what_is_no_export_is_one_message(empty, tmp_path):
    (tmp_path / "x.tar.xz").write_text("nothing of the kind")
    taken = ablate(empty, "merge", str(tmp_path / "x.tar.xz"))
    assert taken.returncode == 1
    assert taken.stdout.startswith("error: ")
    assert "is no folder and no archive of runs" in taken.stdout
