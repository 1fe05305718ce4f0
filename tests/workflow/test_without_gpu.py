"""Full scale on a machine without CUDA: stopped where training would run, and nowhere else."""

import re
from pathlib import Path

import pytest
from project import ROOT, Project

from ablate.data import cifar10

# Where torch looks for devices and downloads go, whatever this machine has.
NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}
NO_NETWORK = {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}

# One small run where the report has a hundred.
CONFIG = """
preset: paper
presets: {paper: {needs_gpu: true}}
data: {source: cifar10}
recipes:
  tiny: {model: {name: vgg_a, width: 0.0625}, schedule: null, batch_size: 16, epochs: 2}
studies:
  mine: {title: Mine, recipe: tiny, rows: {plain: {}}}
"""
SYNTHETIC = CONFIG.replace("source: cifar10", "source: synthetic, train: 64, test: 20")


def fresh(root: Path, config: str) -> Project:
    project = Project.fresh(root)
    (root / "config.yaml").write_text(config)
    return project


@pytest.fixture
def torchless(tmp_path) -> dict[str, str]:
    """An environment in which whoever loads torch fails, and leaves a trace."""
    package = tmp_path / "torchless" / "torch"
    package.mkdir(parents=True)
    trace = tmp_path / "torch-was-loaded"
    lines = (f"open({str(trace)!r}, 'w').close()", "raise RuntimeError('torch is loaded')")
    (package / "__init__.py").write_text("\n".join(lines))
    yield {"PYTHONPATH": str(package.parent)}
    assert not trace.exists()


def test_it_stops_before_it_downloads_or_trains(tmp_path):
    project = fresh(tmp_path / "project", CONFIG)
    done = project.snakemake("results/tables/mine.csv", check=False, **NO_GPU, **NO_NETWORK)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    (message,) = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert "there is no CUDA device here" in message
    assert re.search(r"its one run would take about \d+ (seconds|minutes|hours|days)", message)
    assert "Nothing was downloaded." in message
    assert "--config preset=demo" in message
    assert "--config device=cpu" in message
    files = {path.name for path in (project.root / "results").rglob("*") if path.is_file()}
    assert files <= {"require_gpu.log", "lock"}
    assert not (project.root / "data").exists()


def test_insisting_goes_on_to_the_data_and_without_network_says_where_to_put_it(tmp_path):
    project = fresh(tmp_path / "project", CONFIG)
    done = project.snakemake(
        "results/tables/mine.csv", "--config", "device=cpu", check=False, **NO_GPU, **NO_NETWORK
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    (message,) = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert message.startswith(f"error: {cifar10.ARCHIVE.url} cannot be read")
    assert f"put that archive at data/{cifar10.ARCHIVE.name} by hand" in message
    assert "require_gpu" not in done.stdout
    assert list((project.root / "data").iterdir()) == []


def test_what_is_trained_already_is_tabulated_and_reported(tmp_path, torchless):
    project = fresh(tmp_path / "project", SYNTHETIC)
    figure = "results/figures/study_mine.png"
    project.snakemake(figure, "--config", "device=cpu", **NO_GPU)
    table = project.root / "results/tables/mine.csv"
    before = table.read_bytes()
    table.unlink()
    again = project.snakemake("results/tables/mine.csv", **NO_GPU, **torchless).stdout
    assert table.read_bytes() == before
    assert "require_gpu" not in again
    project.snakemake(figure, "--report", "report.html", **NO_GPU, **torchless)
    assert (project.root / "report.html").exists()


def test_a_dry_run_and_a_login_node_neither_check_nor_load_torch(tmp_path, torchless):
    project = Project.fresh(tmp_path / "project")
    here = project.snakemake("-n", **NO_GPU, **torchless).stdout
    assert len(re.findall(r"^(?:local)?rule train:", here, re.M)) > 80
    assert not (project.root / "results").exists()


def test_on_a_cluster_the_check_is_a_job_where_the_trainings_are(tmp_path, torchless):
    pytest.importorskip("snakemake_executor_plugin_slurm", reason="`make slurm` installs it")
    project = Project.fresh(tmp_path / "project")
    cluster = project.snakemake(
        "-n", "--profile", str(ROOT / "profiles" / "slurm"), **NO_GPU, **torchless
    ).stdout
    assert not (project.root / "results").exists()
    (check,) = re.findall(r"^rule require_gpu:$.*?^    resources: ([^\n]*)", cluster, re.M | re.S)
    assert "gpu=1" in check
