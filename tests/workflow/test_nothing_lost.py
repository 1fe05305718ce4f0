"""What happens to a build when something goes wrong: a death, a failure, damage, a second build."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import kill
import ministudy
import psutil
import pytest
from project import ROOT, Project

RESULTS = ministudy.RESULTS
WITH_BN, RESIDUAL = ministudy.TARGETS
# A network that draws from torch and from Python, and keeps a count that is no part of its weights.
DRAWS = """
import random

import torch
from torch import nn


class Draws(nn.Module):
    def __init__(self, classes: int):
        super().__init__()
        self.body, self.norm = nn.Conv2d(3, 8, 4, stride=4), nn.BatchNorm2d(8)
        self.head = nn.Linear(8, classes)
        self.register_buffer("seen", torch.zeros(()), persistent=False)

    def forward(self, images):
        maps = self.norm(self.body(images)).relu().mean((2, 3))
        if self.training:
            self.seen += 1
            maps = maps * torch.rand_like(maps) + random.random() / self.seen
        return self.head(maps)
"""
# Padded to 10^12 pixels an image: no memory is enough, and the machine says so at once.
TOO_LARGE = "too_large: {set: {augmentation.RandomCrop: {size: image, padding: 1000000}}}"


@pytest.fixture
def unbuilt(mini: ministudy.Built, tmp_path: Path) -> Project:
    return ministudy.unbuilt(mini.project, tmp_path / "project")


@pytest.fixture
def copy(mini: ministudy.Built, tmp_path: Path) -> Project:
    """The finished study, to be changed."""
    return mini.project.copy(tmp_path / "project")


class Build:
    """A build that goes on while the test does."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self.said = project.root / f"said{time.monotonic_ns()}"
        with self.said.open("w") as file:
            self.process = subprocess.Popen(
                [*ministudy.COMMAND[:5], *arguments],
                cwd=project.root,
                env=ministudy.ENVIRONMENT,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.said.read_text()

    def training(self) -> psutil.Process:
        """Its one training process, once there is one."""
        return wait_for(lambda: kill.trainings(self.process), self.text)[0]

    def ends(self, seconds: float = 120) -> int:
        return self.process.wait(seconds)


@contextlib.contextmanager
def building(project: Project, *arguments: str) -> Iterator[Build]:
    """A build; at the end nothing of it is left running."""
    build = Build(project, *arguments)
    try:
        yield build
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(build.process.pid, signal.SIGKILL)
        build.process.wait()


def wait_for(condition, otherwise: str = "", seconds: float = 180):
    """What `condition` gives as soon as it is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, f"waited in vain: {otherwise}"
        time.sleep(0.02)
    return found


def log_of(project: Project, model: str) -> str:
    found = (project.root / RESULTS / "logs" / "train").glob(f"{model}*/*.log")
    return "".join(log.read_text(errors="replace") for log in found)


def differences(mini: ministudy.Built, project: Project, model: str) -> list[str]:
    """Where a run differs from the uninterrupted one."""
    whole, found = (
        ministudy.of_run(ministudy.run_folder(root, model))
        for root in (mini.project.root, project.root)
    )
    return ministudy.differences(whole, found)


def test_preempted_training_saves_exits_and_is_retried_by_snakemake(mini, unbuilt):
    with building(unbuilt, WITH_BN, "--retries", "1") as build:
        training = build.training()
        wait_for(lambda: "epoch 1 of" in log_of(unbuilt, "vgg"))
        training.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        wait_for(lambda: not training.is_running() or training.status() == psutil.STATUS_ZOMBIE)
        assert time.monotonic() - asked < 10
        assert build.ends() == 0, build.text
    assert "interrupted; state saved: asked to stop (SIGTERM)" in build.text
    assert "Trying to restart job" in build.text
    record = ministudy.run_folder(unbuilt.root, "vgg") / "training.json"
    assert json.loads(record.read_text())["resumed"] == 1
    assert differences(mini, unbuilt, "vgg") == []


def test_a_network_of_ones_own_that_is_killed_goes_on_to_the_same_bits(tmp_path):
    whole, killed = (ministudy.fresh(tmp_path / name) for name in ("whole", "killed"))
    for project in (whole, killed):
        (project.root / "extensions").mkdir()
        (project.root / "extensions" / "mine.py").write_text(DRAWS)
        ours = "{name: resnet18, width: 0.0625, hidden: 16, dropout: 0.1, activation: RReLU}"
        project.edit("config.yaml", ours, "{name: mine.Draws}")
        project.edit("config.yaml", "epochs: 6", "epochs: 40")
    whole.snakemake(RESIDUAL)
    with building(killed, RESIDUAL) as build:
        wait_for(lambda: "epoch 2 of" in log_of(killed, "mine"), build.text)
        os.killpg(build.process.pid, signal.SIGKILL)
    with building(killed, RESIDUAL) as build:
        assert build.ends() == 0, build.text
    assert "resumed at step" in log_of(killed, "mine")
    outcomes = (ministudy.outcome(project.root) for project in (whole, killed))
    assert ministudy.differences(*outcomes) == []


def test_an_orphan_is_recognised_and_never_writes_beside_its_successor(mini, unbuilt, monkeypatch):
    # Each training is then a process of its own, which can be suspended.
    monkeypatch.setitem(ministudy.ENVIRONMENT, "ABLATE_LAUNCHER", "")
    with building(unbuilt, WITH_BN) as build:
        orphan = build.training()
        wait_for(lambda: "epoch 1 of" in log_of(unbuilt, "vgg"))
        # It holds the lock, and for now cannot see that its Snakemake is gone.
        orphan.suspend()
        build.process.kill()
        build.process.wait()
        with building(unbuilt, WITH_BN) as successor:
            words = f"process {orphan.pid} on {socket.gethostname()} still trains this run"
            wait_for(lambda: words in log_of(unbuilt, "vgg"), successor.text)
            assert not list((unbuilt.root / RESULTS / "runs").glob("vgg*/seed0/*"))
            orphan.resume()
            assert successor.ends() == 0, successor.text
            assert not orphan.is_running()
    assert "resumed at step" in log_of(unbuilt, "vgg")
    assert differences(mini, unbuilt, "vgg") == []
    assert ministudy.leftovers(unbuilt.root) == []


def test_a_second_build_says_for_whom_it_waits_and_does_only_the_rest(mini, unbuilt):
    with building(unbuilt, WITH_BN) as first:
        first.training()
        with building(unbuilt, *ministudy.TARGETS) as second:
            words = f"{RESULTS} is being built by process {first.process.pid} on "
            wait_for(lambda: words in second.text, second.text)
            assert f"(snakemake --cores 2 {WITH_BN}); waiting for it to end" in second.text
            assert first.ends() == 0, first.text
            assert second.ends() == 0, second.text
    assert len(re.findall(r"^localrule train:", first.text + second.text, re.M)) == 2
    assert re.findall(r"wildcards: run=(\w+?)[-_]", second.text)[0] == "resnet18"
    assert ministudy.differences(mini.outcome, ministudy.outcome(unbuilt.root)) == []
    assert ministudy.leftovers(unbuilt.root) == []


def test_one_that_waits_can_be_stopped_and_dry_runs_do_not_wait(copy):
    lock = copy.root / RESULTS / "state" / "lock"
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "Nothing to be done" in copy.snakemake("-n", WITH_BN).stdout
        with building(copy, WITH_BN) as build:
            wait_for(lambda: "waiting for it to end" in build.text)
            build.process.send_signal(signal.SIGINT)
            assert build.ends(20) == 1
            assert build.text.endswith("error: interrupted while waiting; nothing was done\n")


def test_nothing_is_deleted_under_a_build_that_is_at_work(copy):
    table = copy.root / WITH_BN
    with (copy.root / RESULTS / "state" / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for option in ("--delete-all-output", "--delete-temp-output"):
            refused = copy.snakemake(option, check=False)
            assert refused.returncode == 1
            assert f"error: {RESULTS} is being built by process" in refused.stdout
            assert refused.stdout.endswith("; wait for it to end, or stop it\n")
        assert f"Would delete {WITH_BN}" in copy.snakemake("--delete-all-output", "-n").stdout
        assert table.exists()
    copy.snakemake("--delete-all-output")
    assert not table.exists()


def test_a_build_clears_away_what_killed_ones_left(copy):
    results = copy.root / RESULTS
    vgg = ministudy.run_folder(copy.root, "vgg")
    state = results / "state" / vgg.parent.name / "seed0"
    state.mkdir(parents=True)
    (state / "0123.state").write_text("of a training that is finished")
    drafts = [folder / ".draft-file-a1b2.pt" for folder in (results, vgg, results / "tables")]
    elsewhere = results / "other_preset" / "tables" / ".draft-file-a1b2.csv"
    elsewhere.parent.mkdir(parents=True)
    for draft in (*drafts, elsewhere):
        draft.write_text("half")
    copy.snakemake("-n", WITH_BN)
    assert len(ministudy.leftovers(copy.root)) == 5
    assert "Nothing to be done" in copy.snakemake(WITH_BN).stdout
    assert ministudy.leftovers(copy.root) == [str(elsewhere.relative_to(copy.root))]


def test_a_finished_run_outlives_a_snakemake_that_did_not_see_it_end(copy):
    # As after kill -9 while an orphan wrote its last file: Snakemake's mark is still there.
    run = ministudy.run_folder(copy.root, "vgg")
    for name in ("checkpoint.pt", "training.json"):
        path = run.relative_to(copy.root) / name
        mark_incomplete(copy, path)
    assert copy.due(WITH_BN, preset="mini") == []
    assert "Nothing to be done" in copy.snakemake(WITH_BN).stdout


def mark_incomplete(project: Project, path: Path) -> None:
    """Make Snakemake believe that a job died while it wrote `path`."""
    snippet = (
        "import sys\n"
        "from snakemake.persistence.file import FilePersistence\n"
        "FilePersistence()._mark_incomplete(sys.argv[1], None)\n"
    )
    command = [ministudy.COMMAND[0], "-c", snippet, str(path)]
    subprocess.run(command, cwd=project.root, check=True)


def test_one_run_that_cannot_be_trained_leaves_every_other_table_complete(mini, copy):
    copy.edit(
        "config.yaml",
        "rows: {resnet18: {control: true}}",
        f"rows:\n      resnet18: {{control: true}}\n      {TOO_LARGE}",
    )
    with_bn = copy.root / WITH_BN
    with_bn.unlink()
    done = copy.snakemake("--keep-going", *ministudy.TARGETS, check=False)
    assert done.returncode == 1
    assert with_bn.read_text() == (mini.project.root / WITH_BN).read_text()
    assert "error: out of memory with batch_size 32. Take a smaller batch_size" in done.stdout
    assert "gpu_slots" in log_of(copy, "resnet18")

    # A table, page and report of what there is, on request.
    pages = [f"{RESULTS}/report/index.html", f"{RESULTS}/report.md"]
    copy.snakemake(RESIDUAL, *pages, "--config", "partial=true")
    lines = (copy.root / RESIDUAL).read_text().splitlines()
    missing = lines[0].split(",").index("missing")
    assert [line.split(",")[missing] for line in lines[1:]] == ["0", "1"]
    assert "missing 1 of 1" in (copy.root / f"{RESULTS}/report.md").read_text()
    assert (copy.root / pages[0]).exists()
    # Asked for whole again, the run is due again.
    assert {rule for rule, _ in copy.due(RESIDUAL, preset="mini")} == {"train", "metrics", "table"}


def test_a_metrics_json_that_is_damaged_is_made_again_without_training(copy):
    edited = ministudy.run_folder(copy.root, "vgg") / "metrics.json"
    text = edited.read_text()
    accuracy = re.search(r'"best_accuracy": ([\d.]+)', text).group(1)
    rewrite(edited, text.replace(f'"best_accuracy": {accuracy}', '"best_accuracy": 99.0'))
    cut = ministudy.run_folder(copy.root, "resnet18") / "metrics.json"
    rewrite(cut, cut.read_text()[:200])
    assert {rule for rule, _ in copy.due(*ministudy.TARGETS, preset="mini")} == {"metrics", "table"}
    done = copy.snakemake(*ministudy.TARGETS, check=False)
    assert done.returncode == 0, done.stdout
    assert f'"best_accuracy": {accuracy}' in edited.read_text()
    assert cut.read_text().endswith("}\n")


@pytest.mark.parametrize("file", ["training.json", "history.csv"])
def test_a_run_that_is_cut_short_is_named_and_trained_again_only_when_it_is_removed(copy, file):
    folder = ministudy.run_folder(copy.root, "vgg")
    rewrite(folder / file, (folder / file).read_text()[:100])
    for more in (["-n"], []):
        done = copy.snakemake(*ministudy.TARGETS, *more, check=False)
        assert done.returncode == 1
        assert f"{folder.relative_to(copy.root)}: {file} " in done.stdout
        assert "or remove the folders: then these runs, and no others, are trained" in done.stdout
    assert (folder / "checkpoint.pt").exists()
    # What does not stand on it is made all the same.
    copy.snakemake(RESIDUAL)
    shutil.rmtree(folder)
    due = copy.due(*ministudy.TARGETS, preset="mini")
    assert [(rule, "vgg" in wildcards) for rule, wildcards in due] == [
        ("train", True),
        ("metrics", True),
        ("table", False),
    ]


def test_a_target_by_name_has_files_made_again_that_it_does_not_name(copy):
    folder = ministudy.run_folder(copy.root, "vgg")
    (folder / "checkpoint.pt").unlink()
    shutil.rmtree(folder / "tensorboard")
    assert copy.due(*ministudy.TARGETS, preset="mini") == []
    (copy.root / RESULTS / "records/tables/residual.json").unlink()
    assert [rule for rule, _ in copy.due(RESIDUAL, preset="mini")] == ["table"]
    (folder / "history.csv").unlink()
    assert [rule for rule, _ in copy.due(WITH_BN, preset="mini")] == ["train", "metrics", "table"]


def test_a_finished_run_takes_as_many_files_as_the_docs_say(mini):
    results = mini.project.root / RESULTS
    run = ministudy.run_folder(mini.project.root, "vgg").parent.name
    found = [path for path in results.rglob("*") if run in path.parts]
    page = (ROOT / "docs" / "cluster.md").read_text()
    assert f"takes {len(found)} files and folders in the results" in page


def rewrite(path: Path, text: str) -> None:
    """Change a file, not the one of the shared study that it is linked to."""
    path.unlink()
    path.write_text(text)


def test_results_that_cannot_be_written_are_one_message(unbuilt):
    (unbuilt.root / RESULTS).mkdir(parents=True)
    (unbuilt.root / RESULTS / "state").write_text("in the way")
    done = unbuilt.snakemake(WITH_BN, check=False)
    assert done.returncode == 1
    assert f"error: {RESULTS}/state/lock could not be written: " in done.stdout
    assert "Traceback" not in done.stdout
