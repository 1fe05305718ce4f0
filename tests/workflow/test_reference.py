"""Published results: what they hold, and that a slice trained anew is the same, bit for bit."""

import re
import shutil
import tarfile
from pathlib import Path

import pytest
from test_travel import ablate, results

from ablate.runs import travel


@pytest.fixture(scope="module")
def published(mini, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("reference") / "mini"
    done = ablate(mini.project, "publish", str(out))
    assert done.returncode == 0, done.stdout
    return out


def packed(folder: Path) -> list[str]:
    """The places of the runs in a folder that was published at once."""
    return list(travel.packed(folder / "runs.tar.xz"))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_runs_travel_in_one_archive_without_weights(published):
    with tarfile.open(published / "runs.tar.xz") as archive:
        names = {Path(name).name for name in archive.getnames()}
    assert names == {"training.json", "history.csv", "steps.npz", "predictions.npz"}
    assert not list(published.rglob("*.png"))


def test_of_the_images_only_what_they_are_called_is_published(mini, published):
    manifest = Path("data/manifest.json")
    assert [path.name for path in (published / "data").iterdir()] == [manifest.name]
    assert (published / manifest).read_bytes() == (results(mini.project) / manifest).read_bytes()


def test_the_tree_that_was_published_does_not_differ_from_it(mini, published):
    done = ablate(mini.project, "compare", str(published))
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("no row differs.\n")


def test_published_again_it_holds_what_it_held_and_no_run_twice(mini, published, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(published, again)
    archive = again / "runs.tar.xz"
    written = archive.stat().st_mtime_ns
    assert ablate(mini.project, "publish", str(again)).returncode == 0
    assert archive.stat().st_mtime_ns == written
    assert tree(again) == tree(published)


def test_only_runs_that_no_archive_holds_go_into_another(mini, published, tmp_path):
    first, second = packed(published)
    again = tmp_path / "again"
    again.mkdir()
    travel.pack([(first, results(mini.project) / first)], again / "runs.tar.xz")
    before = (again / "runs.tar.xz").read_bytes()
    ablate(mini.project, "publish", str(again))
    assert (again / "runs.tar.xz").read_bytes() == before
    assert list(travel.packed(again / "runs-2.tar.xz")) == [second]
    compared = ablate(mini.project, "compare", str(again))
    assert compared.stdout.endswith("no row differs.\n"), compared.stdout


def test_an_archive_with_a_run_of_another_record_is_packed_anew(mini, published, tmp_path):
    first, second = packed(published)
    another = tmp_path / "another"
    travel.copy(results(mini.project) / first, another)
    text = (another / "training.json").read_text()
    (another / "training.json").write_text(text.replace('"made"', ' "made"', 1) + " ")
    again = tmp_path / "again"
    travel.pack([(second, results(mini.project) / second)], again / "runs.tar.xz")
    travel.pack([(first, another)], again / "runs-2.tar.xz")
    (again / "runs-3.tar.xz").write_bytes(b"cut short")
    ablate(mini.project, "publish", str(again))
    assert sorted(path.name for path in again.glob("*.tar.xz")) == ["runs-2.tar.xz", "runs.tar.xz"]
    (held,) = travel.packed(again / "runs-2.tar.xz").values()
    assert held.record == (results(mini.project) / first / "training.json").read_bytes()


def test_what_was_published_is_verified(mini, published, tmp_path):
    done = ablate(mini.project, "verify", str(published))
    assert done.returncode == 0, done.stdout
    assert "links hold, from the runs to the tables of" in done.stdout
    edited = tmp_path / "edited"
    shutil.copytree(published, edited)
    (edited / "tables/residual.tex").write_text("cut short")
    done = ablate(mini.project, "verify", str(edited))
    assert done.returncode == 1
    assert "tables/residual: " in done.stdout
    assert "residual.tex is not what was written" in done.stdout


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
