"""The bag of tricks and the network of one's own, built; and what an edit of one's own file costs.

In the demo's size, but for fewer images and epochs.
"""

import csv
import json
import re
import shutil

import ministudy
import numpy as np
import pytest
from PIL import Image
from project import ROOT, Project

FEWER = """
presets:
  demo:
    data: {source: synthetic, train: 64, test: 40, seed: 0}
    epochs: {factor: 0.01, at_least: 1, at_most: 1}
"""
OVERLAYS = ("examples/own_network/study.yaml", "studies/bag_of_tricks.yaml", "fewer.yaml")
TABLES = [f"results/demo/tables/{name}.csv" for name in ("own_network", "bag_of_tricks")]
ASKED = (*TABLES, "--configfile", *OVERLAYS)


# Modules of Python's and of others that every job imports.
IMPORTED = ("copy", "random", "json", "logging", "numpy", "torch", "yaml")
STUDY = """
data: {source: synthetic, train: 64, test: 40}
presets: {small: {}}
studies:
  own_network:
    rows:
      alexnet: {set: {model: {name: alexnet}}}
      unreduced: {set: {loss: {name: losses.unreduced}}}
"""
LOSS = """
from torch.nn import functional

def unreduced(outputs, labels):
    return functional.cross_entropy(outputs, labels, reduction="none")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project in which both studies are built."""
    project = Project.fresh(tmp_path_factory.mktemp("own") / "project")
    for folder in ("studies", "examples"):
        shutil.copytree(ROOT / folder, project.root / folder)
    (project.root / "fewer.yaml").write_text(FEWER)
    project.snakemake(*ASKED, "--config", "preset=demo")
    return project


def rows(project: Project, table: str) -> dict[str, dict[str, str]]:
    path = project.root / f"results/demo/tables/{table}.csv"
    with path.open(newline="") as file:
        return {row["row"]: row for row in csv.DictReader(file)}


def trained(project: Project) -> list[str]:
    """The runs that would be trained, by the beginning of their names."""
    due = project.due(*ASKED)
    return sorted(wildcards.split("run=")[1][:16] for rule, wildcards in due if rule == "train")


def test_every_row_is_measured_and_differs_in_one_thing(project):
    own = rows(project, "own_network")
    assert {row["differs_by"] for name, row in own.items() if name != "resnet18"} == {"model"}
    tricks = rows(project, "bag_of_tricks")
    assert len(tricks) == 8
    assert [row["differs_by"] for row in tricks.values()][1:] == [
        *("warmup_epochs", "schedule", "loss.label_smoothing", "decay_norm_and_bias", "ema_decay"),
        *("augmentation.MixUp", "test_time_flip"),
    ]
    for row in (*own.values(), *tricks.values()):
        assert row["n"] == "1"
        assert 0 <= float(row["best_mean"]) <= 100


def test_a_comment_costs_nothing_and_an_edit_its_runs_alone(project):
    file = project.root / "examples/own_network/networks.py"
    written = file.read_text()
    assert trained(project) == []
    file.write_text(f"# A comment.\n{written}")
    assert trained(project) == []
    file.write_text(written.replace("nn.GELU()", "nn.SiLU()"))
    assert trained(project) == ["networks.AllConv"] * 2
    file.write_text(written)
    assert trained(project) == []


def test_a_file_that_is_renamed_is_another_and_one_that_is_gone_is_missed(project):
    folder, study = project.root / "examples/own_network", project.root / OVERLAYS[0]
    written = study.read_text()
    (folder / "networks.py").rename(folder / "nets.py")
    refused = project.snakemake("-n", *ASKED, "--config", "preset=demo", check=False)
    assert refused.returncode
    assert "no file networks.py in" in refused.stdout
    assert "did you mean 'nets.AllConv'" in refused.stdout
    study.write_text(written.replace("networks.AllConv", "nets.AllConv"))
    assert [name[:12] for name in trained(project)] == ["nets.AllConv"] * 2
    (folder / "nets.py").rename(folder / "networks.py")
    study.write_text(written)
    assert trained(project) == []


def test_from_a_clone_to_a_table_of_ones_own_images_as_the_pages_say(tmp_path):
    project = Project.fresh(tmp_path / "project")
    shutil.copytree(ROOT / "examples", project.root / "examples")
    draw = np.random.default_rng(0)
    for part, count in (("train", 12), ("test", 4)):
        for label, name in enumerate(("cat", "dog", "two words")):
            folder = tmp_path / "pictures" / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = draw.integers(0, 128, (40, 48, 3), dtype=np.uint8)
                pixels[..., label] += 120
                Image.fromarray(pixels).save(folder / f"{i}.png")
    overlay = re.search(r"# mine\.yaml\n.*?(?=^```)", (ROOT / "README.md").read_text(), re.M | re.S)
    written = overlay[0].replace("/where/they/are", str(tmp_path / "pictures"))
    (project.root / "mine.yaml").write_text(written)
    page = (ROOT / "examples/own_network/README.md").read_text()
    (command,) = re.findall(r"^snakemake .* mine\.yaml .*$", page, re.M)
    done = project.shell(command)
    assert done.returncode == 0, done.stdout[-3000:]
    with (project.root / "results/quick/tables/own_network.csv").open(newline="") as file:
        rows = {row["row"]: row for row in csv.DictReader(file)}
    assert [*rows] == ["resnet18", "mobilenet", "all_conv", "without_skips"]
    assert all(row["n"] == "1" and not row["missing"].strip("0") for row in rows.values())
    tried = json.loads((project.root / "results/quick/data/networks.json").read_text())
    assert {network["model"]["name"] for network in tried} >= {"mobilenet_v3_small"}


def test_what_cannot_train_on_the_images_stops_the_build_before_it_trains(project):
    (project.root / "examples/own_network/losses.py").write_text(LOSS)
    overlays = ("examples/own_network/study.yaml", "alexnet.yaml")
    asked = ("results/small/tables/own_network.csv", "--configfile", *overlays)
    (project.root / "alexnet.yaml").write_text(STUDY)
    done = project.snakemake(*asked, "--config", "preset=small", "device=cpu", check=False)
    assert done.returncode
    log = (project.root / "results/small/logs/networks.log").read_text()
    assert "studies.own_network.rows.alexnet: model: it cannot take an image of 32x32" in log
    assert "studies.own_network.rows.unreduced: loss: losses.unreduced gives float32 [8]" in log
    assert "Nothing was trained" in log
    assert not list((project.root / "results/small").glob("runs/*"))


def test_files_in_the_projects_folder_shadow_no_module(mini, tmp_path):
    project = mini.project.copy(tmp_path / "project")
    for name in IMPORTED:
        (project.root / f"{name}.py").write_text("raise ImportError('this is a file of mine')\n")
    shutil.rmtree(ministudy.run_folder(project.root, "resnet18").parent)
    done = project.shell(f"snakemake --cores 2 {ministudy.TARGETS[1]}")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "rule train:" in done.stdout
