"""Published results: what they hold, and that a slice trained anew is the same, bit for bit."""

import re
import shutil
import tarfile
from pathlib import Path

import pytest
from test_travel import ablate


@pytest.fixture(scope="module")
def published(mini, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("reference") / "mini"
    done = ablate(mini.project, "publish", str(out))
    assert done.returncode == 0, done.stdout
    return out


def test_the_runs_travel_in_one_archive_without_weights(published):
    with tarfile.open(published / "runs.tar.xz") as archive:
        names = {Path(name).name for name in archive.getnames()}
    assert names == {"training.json", "history.csv", "steps.npz", "predictions.npz"}
    assert not list(published.rglob("*.png"))


def test_the_tree_that_was_published_does_not_differ_from_it(mini, published):
    done = ablate(mini.project, "compare", str(published))
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("no row differs")


def test_an_edited_table_is_not_compared_with(mini, published, tmp_path):
    edited = tmp_path / "edited"
    shutil.copytree(published, edited)
    table = edited / "tables/residual.csv"
    table.write_text(table.read_text().replace("resnet18", "resnet81"))
    done = ablate(mini.project, "compare", str(edited))
    assert done.returncode == 1
    assert f"{edited}: tables/residual is outdated" in done.stdout


def test_nothing_is_published_over_what_it_did_not_write(mini, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    done = ablate(mini.project, "publish", str(tmp_path))
    assert done.returncode == 1
    assert "thesis.tex" in done.stdout
    assert (tmp_path / "thesis.tex").exists()


def test_a_slice_trained_anew_is_identical(mini, published):
    done = ablate(mini.project, "reproduce", str(published))
    assert done.returncode == 0, done.stdout
    # Which of the two studies took less time, and so is the slice, is the machine's affair.
    assert re.search(r"\b(6 of 6|12 of 12)\b", done.stdout)
    assert "Identical: every loss and accuracy of every epoch" in done.stdout
    assert (mini.project.root / "results/reproduced/mini/runs").is_dir()
