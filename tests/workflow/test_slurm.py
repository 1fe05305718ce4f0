"""On a real Slurm, brought up for these tests on this machine."""

import csv
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import ministudy
import pytest
import torch
from project import ROOT, Project
from slurm import Slurm, missing, wait_for

pytest.importorskip("snakemake_executor_plugin_slurm", reason="`make slurm` installs it")
if reason := missing():
    pytest.skip(reason, allow_module_level=True)

STEM = Path("results/demo/tables/stem.csv")
WITH_BN = f"{ministudy.RESULTS}/tables/with_bn.csv"
SUBMITTED = re.compile(r"has been submitted with SLURM jobid (\d+)")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    cluster = Slurm(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.up()
        yield cluster
    finally:
        cluster.down()


def on_slurm(project: Project) -> Project:
    """The project, its profile asking the queue often: these jobs take seconds."""
    project.edit(
        "profiles/slurm/config.yaml",
        "slurm-init-seconds-before-status-checks: 40",
        "slurm-init-seconds-before-status-checks: 2\nseconds-between-status-checks: 2",
    )
    project.edit("profiles/slurm/config.yaml", "latency-wait: 60", "latency-wait: 5")
    return project


class Build:
    """A Snakemake that sends its jobs to Slurm."""

    def __init__(self, project: Project, slurm: Slurm, *arguments: str) -> None:
        self.log = project.root / "said.txt"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "snakemake", *arguments],
                cwd=project.root,
                env={**os.environ, **slurm.environment},
                stdout=out,
                stderr=out,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def end(self) -> str:
        """What it said, once it has ended well."""
        assert self.process.wait(timeout=400) == 0, self.said[-6000:]
        return self.said


def documented() -> list[str]:
    """The arguments of the README's command for Slurm."""
    text = (ROOT / "README.md").read_text()
    (command,) = re.findall(r"^snakemake (.*--profile profiles/slurm.*)$", text, re.M)
    return shlex.split(command, comments=True)


def test_the_readmes_command_builds_a_study_in_five_jobs_as_it_would_here(slurm, demo, tmp_path):
    project = on_slurm(Project.fresh(tmp_path / "project"))
    said = Build(project, slurm, *documented()).end()
    assert len(SUBMITTED.findall(said)) == 5
    assert rows(project.root / STEM) == rows(demo.root / STEM)
    runs = sorted((project.root / "results/demo/runs").glob("*/seed0"))
    assert len(runs) == 4
    for run in runs:
        weights, expected = (
            torch.load(root / run.relative_to(project.root) / "checkpoint.pt")["weights"]
            for root in (project.root, demo.root)
        )
        assert all(torch.equal(weights[name], expected[name]) for name in expected)


def test_each_training_has_a_gpu_two_at_once_and_one_that_is_cancelled_goes_on(
    slurm, mini, tmp_path
):
    project = on_slurm(ministudy.fresh(tmp_path / "project"))
    project.edit("config.yaml", "device: cpu\n", "device: auto\n")
    # Jobs begin in this folder, and import neither.
    for name in ("copy", "numpy"):
        (project.root / f"{name}.py").write_text("raise ImportError('this is a file of mine')\n")
    build = Build(project, slurm, "--profile", "profiles/slurm", *ministudy.TARGETS)
    together: set[str] = set()

    def both_train() -> bool:
        running = {n for n, (what, state, _) in slurm.jobs().items() if state == "RUNNING"}
        together.update(running if len(running) == 2 else ())
        return bool(together) or build.process.poll() is not None

    wait_for(both_train)
    logs = project.root / ministudy.RESULTS / "logs/train"
    wait_for(lambda: any("epoch 2 of" in log.read_text() for log in logs.glob("vgg*/*.log")))
    (victim,) = [n for n in together if slurm.jobs()[n][0].startswith("rule_train_wildcards_vgg")]
    slurm.call("scancel", victim)
    said = build.end()
    numbers = SUBMITTED.findall(said)
    assert len(numbers) == 4  # packing, two trainings, one of them twice
    asked = {n: gpus for n, (_, _, gpus) in slurm.jobs().items() if n in numbers}
    packing = [n for n in numbers if slurm.jobs()[n][0].startswith("rule_pack")]
    assert all(("gpu:1" in gpus) == (n not in packing) for n, gpus in asked.items()), asked
    (log,) = [path.read_text() for path in logs.glob("vgg*/*.log")]
    assert "-- attempt 2, " in log
    assert "resumed at step" in log
    assert ministudy.differences(ministudy.outcome(project.root), mini.outcome) == []


def test_a_training_whose_node_is_taken_from_it_comes_back_and_goes_on(slurm, mini, tmp_path):
    project = on_slurm(ministudy.fresh(tmp_path / "project"))
    build = Build(project, slurm, "--profile", "profiles/slurm", WITH_BN)
    logs = project.root / ministudy.RESULTS / "logs/train"
    wait_for(lambda: any("epoch 2 of" in log.read_text() for log in logs.glob("*/*.log")))
    (victim,) = [n for n, (_, state, _) in slurm.jobs().items() if state == "RUNNING"]
    node = slurm.call("squeue", "-h", "-j", victim, "-o", "%N").strip()
    urgent = ("sbatch", "--parsable", "-p", "urgent", "-w", node, "--exclusive")
    taker = slurm.call(*urgent, "--output=/dev/null", "--wrap", "sleep 1").strip()
    wait_for(lambda: slurm.jobs()[taker][1] == "COMPLETED")
    slurm.call("scontrol", "update", f"jobid={victim}", "StartTime=now")
    said = build.end()
    assert SUBMITTED.findall(said)[-1] == victim  # Slurm's doing: Snakemake submits nothing again
    (log,) = [path.read_text() for path in logs.glob("*/*.log")]
    assert "interrupted; state saved" in log
    assert "resumed at step" in log
    assert rows(project.root / WITH_BN) == rows(mini.project.root / WITH_BN)


def test_a_job_of_a_dead_build_leaves_a_finished_run_alone(slurm, tmp_path):
    project = on_slurm(ministudy.fresh(tmp_path / "project"))
    project.snakemake(f"{ministudy.RESULTS}/data/manifest.json")
    slurm.call("scontrol", "update", "nodename=n1,n2,n3", "state=drain", "reason=test")
    build = Build(project, slurm, "--profile", "profiles/slurm", WITH_BN)
    wait_for(lambda: SUBMITTED.search(build.said))
    number = SUBMITTED.search(build.said).group(1)
    build.process.send_signal(signal.SIGKILL)
    build.process.wait()
    slurm.call("scontrol", "hold", number)
    slurm.call("scontrol", "update", "nodename=n1,n2,n3", "state=resume")

    project.snakemake(WITH_BN)
    finished = files_of(project)
    slurm.call("scontrol", "release", number)
    wait_for(lambda: slurm.jobs()[number][1] == "FAILED")
    assert files_of(project) == finished
    (log,) = (project.root / ".snakemake/slurm_logs").rglob(f"{number}.log")
    assert re.search(r"error: results/mini has been built by process \d+ on ", log.read_text())


def rows(table: Path) -> list[dict[str, str]]:
    """A table's rows, without the time that its runs took."""
    return [
        {column: value for column, value in row.items() if column != "seconds_mean"}
        for row in csv.DictReader(table.read_text().splitlines())
    ]


def files_of(project: Project) -> dict[str, tuple[bytes, int]]:
    """All results, with content and time."""
    found = (project.root / "results").rglob("*")
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in found if p.is_file()}
