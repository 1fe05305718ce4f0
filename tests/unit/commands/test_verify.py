"""Every digest is recomputed, and the first link that does not hold is named."""

import io
import shutil

import pytest
from asking import asked
from fake_runs import measured_run, vouch, write_run
from rich.console import Console
from small_results import write_data

from ablate.commands import verify
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.requests.study import AskedRow, AskedStudy
from ablate.steps.table import main

CONFIG = {
    "data": {"source": "synthetic"},
    "presets": {"paper": {}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}}},
    "studies": {"one": {"title": "One", "recipe": "tiny", "rows": {"only": {}}}},
}


@pytest.fixture
def results(tmp_path):
    """Two runs on packed images, and the table made from them, with its record."""
    write_data(tmp_path)
    digest = Manifest.read(Results(tmp_path).manifest).digest
    rows = []
    for name, best in (("relu", 80.0), ("gelu", 82.0)):
        measured_run(tmp_path, name, 0, best, data=digest)
        control = "relu" if name == "gelu" else None
        rows.append(AskedRow(name=name, label=name, run=name, seeds=(0,), control=control))
    results = Results(tmp_path)
    request = AskedStudy(name="smooth", title="Smooth", rows=rows).plain()
    outputs = [results.table("smooth", suffix) for suffix in ("csv", "md", "tex")]
    inputs = [results.run(name, 0) / "metrics.json" for name in ("relu", "gelu")]
    record = results.record("tables/smooth")
    assert main(asked(request, tmp_path, outputs, inputs, record)) == 0
    return results


def said(results, plan=None) -> tuple[int, str]:
    out = io.StringIO()
    code = verify.show(results.root, Console(file=out, width=300), plan)
    return code, out.getvalue()


def test_whole_results_hold(results):
    code, text = said(results)
    assert code == 0
    assert "links hold" in text


def test_an_edited_file_of_a_run_is_named_before_what_stands_on_it(results):
    path = results.run("gelu", 0) / "history.csv"
    path.write_text(path.read_text().replace("82.0", "92.0"))
    results.table("smooth").write_text("edited")
    code, text = said(results)
    assert code == 1
    assert text.startswith("runs/gelu/seed0: history.csv is not as the training wrote it")


@pytest.mark.parametrize("file", ["history.csv", "predictions.npz"])
def test_a_missing_file_of_a_run_is_named(results, file):
    (results.run("gelu", 0) / file).unlink()
    code, text = said(results)
    assert code == 1
    assert text.startswith(f"runs/gelu/seed0: {file} is missing")


@pytest.mark.parametrize("file", ["checkpoint.pt", "tensorboard/events.out.tfevents.ablate"])
def test_weights_and_events_may_be_gone(results, file):
    folder = results.run("silu", 0)
    digest = Manifest.read(results.manifest).digest
    write_run(results.root, "silu", data=digest)
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text("large")
    vouch(folder)
    assert said(results)[0] == 0
    (folder / file).write_text("edited")
    assert f"{file} is not as the training wrote it" in said(results)[1]
    (folder / file).unlink()
    assert said(results)[0] == 0


def test_runs_without_their_images_are_held_to_those_of_the_first(results):
    shutil.rmtree(results.data)
    code, text = said(results)
    assert code == 0
    assert "hold, from the runs to the pages of" in text
    write_run(results.root, "silu", data="0ther" * 10)
    assert "runs/silu/seed0: data: trained on other images" in said(results)[1]


def test_a_folder_without_results_is_no_success(tmp_path):
    with pytest.raises(AblateError, match="holds no results"):
        verify.show(tmp_path, Console())


def test_a_finished_product_without_its_record_is_named(results):
    plan = Plan(CONFIG | {"results": str(results.root)})
    shutil.rmtree(results.data)
    table = plan.results.table("one")
    for suffix in ("csv", "md", "tex"):
        table.with_suffix(f".{suffix}").write_text("written by hand")
    code, text = said(results, plan)
    assert code == 1
    assert text.startswith(f"tables/one: {results.record('tables/one')} is missing")
    table.unlink()
    assert said(results, plan)[0] == 0


def test_an_edited_table_is_named(results):
    path = results.table("smooth")
    path.write_text(path.read_text().replace("82.0", "92.0"))
    code, text = said(results)
    assert code == 1
    assert "smooth.csv is not what was written" in text


def test_runs_on_other_images_are_named(results):
    measured_run(results.root, "silu", 0, 70.0, data="0ther" * 10)
    code, text = said(results)
    assert code == 1
    assert "runs/silu/seed0: data: trained on other images" in text


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AblateError, match="no such folder of results"):
        verify.show(tmp_path / "nowhere", Console())
