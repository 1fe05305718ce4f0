"""Two people who halve the seeds get what one gets who does all: tables, verdicts and figures."""

import tarfile
from pathlib import Path

import pytest
from project import Project
from test_travel import ablate

RESULTS = "results/small"
# One claim is of weights, which stand in TensorBoard's events alone.
CONFIG = """
preset: small
presets: {small: {}}
device: cpu
data: {source: synthetic, train: 64, test: 40, seed: 0}
seeds: [0, 1]
recipes:
  tiny:
    model: {name: resnet18, width: 0.0625}
    optimizer: {name: SGD, lr: 0.1}
    batch_size: 32
    epochs: 1
studies:
  decay:
    title: Weight decay
    recipe: tiny
    rows: {none: {control: true}, strong: {set: {optimizer.weight_decay: 0.5}}}
    claims:
      smaller: {says: "Weights are smaller.", of: weights_sd, order: [none, strong]}
      better: {says: "It does better.", order: [strong, none]}
"""


def fresh(root: Path) -> Project:
    project = Project.fresh(root)
    (root / "config.yaml").write_text(CONFIG)
    return project


def outcome(project: Project) -> dict[str, bytes]:
    """Tables, verdicts and figures, byte for byte."""
    root = project.root / RESULTS
    kinds = ("tables/*.csv", "tables/*.md", "tables/*.tex", "tables/*.json", "figures/*.svg")
    return {
        str(path.relative_to(root)): path.read_bytes()
        for kind in kinds
        for path in sorted(root.glob(kind))
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Project:
    """One who trains all."""
    project = fresh(tmp_path_factory.mktemp("whole") / "project")
    project.snakemake()
    return project


def test_halves_that_are_merged_come_to_the_same(whole, tmp_path):
    halves = []
    for seed in (0, 1):
        out = tmp_path / f"half{seed}.tar.xz"
        exported = ablate(whole, "export", str(out), "--config", f"seeds=[{seed}]")
        assert exported.stdout == f"2 of 2 runs exported to {out}\n"
        halves.append(str(out))
    merged = fresh(tmp_path / "merged")
    assert "4 runs taken in, 0 already here, 0 left out" in ablate(merged, "merge", *halves).stdout
    assert "rule train" not in merged.snakemake().stdout
    assert outcome(merged) == outcome(whole)
    assert b"not measured" not in outcome(merged)["tables/claims.csv"]


def test_only_what_a_claim_measures_the_weights_of_takes_its_events_along(whole, tmp_path):
    names = {}
    for claims in ("", "studies: {decay: {claims: {smaller: {of: train_loss}}}}"):
        (tmp_path / "other.yaml").write_text(claims)
        overlay = ["--configfile", str(tmp_path / "other.yaml")] if claims else []
        out = tmp_path / f"{len(names)}.tar.xz"
        ablate(whole, "export", str(out), *overlay)
        with tarfile.open(out) as archive:
            names[claims] = [name for name in archive.getnames() if "tensorboard" in name]
    assert [len(found) for found in names.values()] == [4, 0]
