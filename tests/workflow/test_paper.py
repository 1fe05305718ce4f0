"""The report at full scale, as far as a dry run shows it."""

import re
import subprocess
import sys
from collections import Counter

import pytest
from project import ROOT, Project


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Project:
    return Project.fresh(tmp_path_factory.mktemp("paper") / "project")


def test_every_run_is_listed_once(fresh):
    due = fresh.due("--resources", "gpu=1", preset="paper")
    counts = Counter(rule for rule, _ in due)
    assert counts["train"] == counts["metrics"] == 94
    assert counts["pack"] == counts["require_gpu"] == 1
    assert len(set(due)) == len(due)
    assert not (fresh.root / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "config", "limit"),
    [
        ((), {}, 1),
        (("--resources", "mem_mb=99999"), {}, 1),
        (("--resources", "gpu=3"), {}, 3),
        ((), {"gpu_slots": 4}, 4),
    ],
)
def test_a_gpu_is_not_oversubscribed(fresh, tmp_path, arguments, config, limit):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("device: cuda\n" + "".join(f"{k}: {v}\n" for k, v in config.items()))
    done = fresh.snakemake("-n", *arguments, "--configfile", str(overlay))
    assert re.search(r"resources: .*gpu=1,", done.stdout)
    # Snakemake itself says what it hands out only in a real run: a small one, of one table's data.
    shown = fresh.snakemake(
        "results/demo/data/manifest.json",
        "--forceall",
        *arguments,
        "--configfile",
        str(overlay),
        "--config",
        "preset=demo",
    ).stdout
    assert int(re.search(r'Resource\("gpu", (\d+)\)', shown).group(1)) == limit


def test_lint_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--lint"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_conda_environments_are_in_step_with_the_pins():
    text = (ROOT / "envs/requirements.txt").read_text()
    # A package may be pinned twice, for older and for newer Pythons.
    pins = {(name.lower(), v) for name, v in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M)}
    for name in ("train", "report"):
        written = (ROOT / f"envs/{name}.yaml").read_text()
        listed = re.findall(r"^      - ([a-z\d-]+)==([^\s]+)$", written, re.M)
        assert len(listed) > 5
        assert set(listed) <= pins
