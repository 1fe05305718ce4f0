"""Every digest is recomputed, and the first link that does not hold is named."""

import io

import pytest
from asking import asked
from fake_runs import measured_run
from rich.console import Console
from small_results import write_data

from ablate.commands import verify
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.requests.study import AskedRow, AskedStudy
from ablate.steps.table import main


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


def said(results) -> tuple[int, str]:
    out = io.StringIO()
    code = verify.show(results.root, Console(file=out, width=300))
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
