"""What `ablate export` and `ablate merge` make of runs that are here already, whole or in part."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from fake_runs import vouch, write_run
from rich.console import Console
from small_results import write_data

from ablate.commands import export, merge
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.planning import acceptance
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs import steps, travel
from ablate.runs.record import Record

CONFIG = {
    "preset": "full",
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {"one": {"title": "One", "recipe": "tiny", "rows": {"only": {"control": True}}}},
    "figures": {"stem_kernels": {"title": "Kernels", "runs": {"only": "one/only"}}},
}


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """One run, whose weights a figure draws; nothing is finished."""
    monkeypatch.chdir(tmp_path)
    return Plan({**CONFIG, "results": "results"})


@pytest.fixture
def seeds(plan):
    """The same with three seeds."""
    return Plan({**CONFIG, "results": "results", "seeds": [0, 1, 2]})


def trained(plan: Plan, root: Path, weights: str, **record) -> Path:
    """The plan's run as a training left it in a results tree."""
    products = Products(plan)
    name, *_ = products.of_kind("runs")
    run = name.split("/")[1]
    asked = products[name]
    made = {"settings": asked.request["settings"], "observers": [], "code": asked.code} | record
    folder = write_run(root, run, **made)
    steps.write(folder, {"loss": np.zeros(3)})
    (folder / "checkpoint.pt").write_text(weights)
    (folder / "tensorboard").mkdir()
    (folder / "tensorboard" / "events.out.tfevents.ablate").write_text(f"events of {weights}")
    vouch(folder)
    return folder


def said(command, plan: Plan, argument, **options) -> str:
    console = Console(file=io.StringIO(), width=300)
    command.show(plan, argument, console, **options)
    return console.file.getvalue()


def test_what_another_training_left_goes_where_a_run_is_taken_in(plan, tmp_path):
    folder = trained(plan, plan.results.root, "older weights", code="0" * 16)
    trained(plan, tmp_path / "there", "newer ones")
    text = said(merge, plan, [tmp_path / "there"])
    assert "1 run taken in" in text
    assert re.search(r"replaced: runs/\S+: code: the training has changed", text)
    found = Record.read(folder)
    assert [name for name in found.changed(folder) if (folder / name).exists()] == []
    assert not (folder / "checkpoint.pt").exists()


def test_the_weights_of_the_run_that_is_taken_in_stay(plan, tmp_path):
    folder = trained(plan, plan.results.root, "weights")
    said(export, plan, tmp_path / "there")
    (folder / "history.csv").write_text("cut short")
    assert "1 run taken in" in said(merge, plan, [tmp_path / "there"])
    assert Record.read(folder).changed(folder) == []


def test_a_finished_run_is_not_overwritten_though_a_figure_wants_its_weights(plan, tmp_path):
    folder = trained(plan, plan.results.root, "weights")
    (folder / "checkpoint.pt").unlink()
    (name,) = Products(plan).of_kind("runs")
    assert Staleness(Products(plan)).due(name)
    before = (folder / "training.json").read_bytes()
    trained(plan, tmp_path / "there", "others", device="Another CPU")
    assert "1 already here" in said(merge, plan, [tmp_path / "there"])
    assert (folder / "training.json").read_bytes() == before
    assert said(export, plan, tmp_path / "out").startswith("1 of 1 runs exported")


def test_a_run_of_other_code_is_taken_in_where_that_is_accepted(plan, tmp_path):
    there = tmp_path / "there"
    trained(plan, there, "weights", code="0" * 16)
    assert f"ablate merge --accept {there}" in said(merge, plan, [there])
    assert "1 run taken in" in said(merge, plan, [there], accept=True)
    (name,) = Products(plan).of_kind("runs")
    assert Staleness(Products(plan)).reason(name) is None
    assert [*acceptance.accepted(plan.results)] == [name]


def test_a_run_of_other_settings_is_left_out_whatever_is_accepted(plan, tmp_path):
    trained(plan, tmp_path / "there", "weights", code="0" * 16, settings={"epochs": 1})
    text = said(merge, plan, [tmp_path / "there"], accept=True)
    assert "settings: it was trained with others" in text
    assert "--accept" not in text


def each_on(plan: Plan, root: Path, *images: str) -> None:
    """The plan's runs as trainings left them, the n-th on the n-th of these images."""
    for seed, data in enumerate(images):
        trained(plan, root, "weights", seed=seed, data=data)


def test_runs_that_saw_different_images_are_not_taken_in_together(seeds, tmp_path):
    each_on(seeds, tmp_path / "there", "a" * 64, "b" * 64, "a" * 64)
    text = said(merge, seeds, [tmp_path / "there"], accept=True)
    assert "seed1: data: it was trained on other images than the runs here" in text
    assert "2 runs taken in, 0 already here, 1 left out" in text


def test_runs_on_other_images_than_those_here_are_left_out_and_never_accepted(seeds, tmp_path):
    each_on(seeds, seeds.results.root, "a" * 64)
    trained(seeds, tmp_path / "there", "weights", seed=1, data="b" * 64, code="0" * 16)
    text = said(merge, seeds, [tmp_path / "there"], accept=True)
    assert "0 runs taken in, 0 already here, 1 left out" in text
    assert "other images than the runs here" in text


def test_where_no_images_are_packed_it_says_that_they_were_not_checked(plan, tmp_path):
    trained(plan, tmp_path / "there", "weights")
    text = said(merge, plan, [tmp_path / "there"])
    assert "The images are not packed here" in text
    assert "snakemake --cores 1 results/full/data/manifest.json packs them" in text
    assert "not packed" not in said(merge, plan, [tmp_path / "there"])


def test_where_images_are_packed_runs_are_checked_and_nothing_is_said(seeds, tmp_path):
    write_data(seeds.results.root)
    digest = Manifest.read(seeds.results.manifest).digest
    each_on(seeds, tmp_path / "there", digest, "b" * 64)
    text = said(merge, seeds, [tmp_path / "there"])
    assert "seed1: data: it was trained on other images" in text
    assert "1 run taken in" in text
    assert "not packed" not in text


def test_a_source_without_runs_is_named(plan, tmp_path):
    trained(plan, tmp_path / "there" / "demo", "weights")
    with pytest.raises(AblateError, match=r"there holds no runs, .*did you mean .*there/demo\?"):
        said(merge, plan, [tmp_path / "there"])


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_archive_is_one_message_wherever_it_is_damaged(plan, tmp_path, place):
    folder = trained(plan, plan.results.root, "weights")
    archive = tmp_path / "runs.tar.xz"
    travel.pack([(f"runs/some/seed{n}", folder) for n in range(5)], archive)
    content = bytearray(archive.read_bytes())
    content[int(place * len(content))] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(AblateError, match=r"runs\.tar\.xz is no folder and no archive of runs: "):
        said(merge, plan, [archive])


def test_a_file_that_is_no_archive_is_one_line(plan, tmp_path):
    (tmp_path / "notes.md").write_text("no archive")
    with pytest.raises(
        AblateError, match=r"notes\.md is no folder and no archive of runs"
    ) as caught:
        said(merge, plan, [tmp_path / "notes.md"])
    assert len(str(caught.value).splitlines()) == 1


def test_every_archive_of_a_published_folder_is_taken_in(plan, tmp_path):
    folder = trained(plan, tmp_path / "there", "weights")
    (name,) = Products(plan).of_kind("runs")
    published = tmp_path / "published"
    travel.pack([("runs/another/seed0", folder)], published / "runs.tar.xz")
    travel.pack([(name, folder)], published / "runs-2.tar.xz")
    taken = said(merge, plan, [published])
    assert "runs/another/seed0: nothing in the plan asks for it" in taken
    assert "1 run taken in, 0 already here, 1 left out" in taken
    assert (plan.results.root / name / "predictions.npz").exists()


@pytest.mark.parametrize("name", ["runs.tar.gz", "runs.tar", "runs.zip", "runs.txz"])
def test_an_archive_of_another_kind_is_refused(plan, tmp_path, name):
    with pytest.raises(AblateError, match=r"a folder, or an archive \(\.tar\.xz\)"):
        said(export, plan, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_nothing_is_exported_over_results(plan, tmp_path):
    trained(plan, plan.results.root, "weights")
    (plan.results.root / "tables").mkdir()
    with pytest.raises(AblateError, match="holds tables, which no export wrote"):
        said(export, plan, plan.results.root)
