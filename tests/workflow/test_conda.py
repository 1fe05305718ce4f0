"""`--sdm conda`: each rule runs in an environment of what its file in envs/ names, and no more."""

import os
import sys
from pathlib import Path

import ministudy
import pytest

# One draws images, one the weights of a checkpoint.
FIGURES = """
figures:
  samples: {title: Images, images: true}
  weight_distribution: {title: Weights, runs: {a network: residual/resnet18}}
"""
STAND_IN = Path(__file__).with_name("stand_in_conda.py")


@pytest.fixture
def conda(tmp_path: Path) -> Path:
    """A folder with a program that Snakemake takes for conda, and with its `activate`."""
    binaries = tmp_path / "conda" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "conda").write_text(f"#!{sys.executable}\n{STAND_IN.read_text()}")
    (binaries / "conda").chmod(0o755)
    (binaries / "activate").write_text('export PATH="$1/bin:$PATH"\n')
    return binaries


def test_rules_run_in_the_environments_that_they_declare(conda, mini, tmp_path):
    project = ministudy.fresh(tmp_path / "project")
    with (project.root / "config.yaml").open("a") as config:
        config.write(FIGURES)
    project.snakemake("--sdm", "conda", PATH=f"{conda}:{os.environ['PATH']}")
    found = ministudy.outcome(project.root)
    assert found.keys() >= mini.outcome.keys()
    shared = {name: found[name] for name in mini.outcome}
    assert not ministudy.differences(shared, mini.outcome)
    made = sorted((project.root / ".snakemake/conda").glob("*/lib/python*/site-packages"))
    assert len(made) == 2, "training and the report have an environment each"
    assert sorted((site / "matplotlib").exists() for site in made) == [False, True]


@pytest.mark.parametrize("method", ["apptainer", "env-modules"])
def test_what_deploys_nothing_here_leaves_jobs_to_snakemakes_own_python(method, tmp_path):
    project = ministudy.fresh(tmp_path / "project")
    asked = ("-n", "--printshellcmds", "pack", "--sdm", method)
    assert f" {sys.executable} -I -S " in project.snakemake(*asked).stdout
