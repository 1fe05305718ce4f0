"""The plain report in Markdown, and the facts that both reports state."""

import pytest
from asking import asked
from small_results import PROVENANCE, row, study_request, write_data, write_study

from ablate.data import shared
from ablate.data.manifest import Manifest
from ablate.paths import Results
from ablate.planning import acceptance
from ablate.planning.made import Made
from ablate.report import facts, plain
from ablate.requests.page import Accepted, ListedFigure, Plain
from ablate.requests.study import Heading
from ablate.requests.table import SummaryTable
from ablate.steps import page as step
from ablate.steps.table import make


@pytest.fixture
def whole(tmp_path):
    """Two studies, one with a missing run; their tables, a summary and a figure."""
    write_data(tmp_path)
    digest = Manifest.read(Results(tmp_path).manifest).digest
    first = study_request(tmp_path)
    second = study_request(
        tmp_path,
        study="depth",
        title="Depth",
        section="2.2.7",
        control="34",
        rows=[row("34", 80.93, "run-relu"), row("18", 80.56, "run-18", seeds=[0, 1])],
    )
    trained = {
        "data": digest,
        "started": "2025-02-01T10:00:00+00:00",
        "finished": "2025-02-01T12:00:00+00:00",
        "seed": 0,
    }
    slow = PROVENANCE | trained | {"device": "Other GPU", "seconds": 7200.0, "resumed": 1}
    fast = PROVENANCE | trained
    write_study(
        first,
        {"relu": [80.0], "elu": [83.0], "tanh": [70.0]},
        provenance={"relu": fast, "elu": slow, "tanh": fast},
        collapsed={"tanh": True},
    )
    write_study(second, {"34": [80.0], "18": [81.0]}, provenance={"34": fast, "18": fast})
    studies = tuple(
        Heading(**{key: study[key] for key in Heading.model_fields}) for study in (first, second)
    )
    results = Results(tmp_path)
    make(SummaryTable(results=results, studies=studies), results.table("summary"))
    against = {"title": "Reported against measured", "section": "2.3", "caption": "Every row."}
    curves = {"title": "Curves", "section": "2.2.11", "caption": "Figure 6."}
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "reported_vs_measured.svg").write_text("<svg/>")
    return Plain(
        results=results,
        studies=studies,
        tables=("summary",),
        figures=(
            ListedFigure(name="reported_vs_measured", **against),
            ListedFigure(name="curves", **curves),
        ),
    )


def test_what_was_run_is_said_with_its_counts(whole):
    frame = facts.all_rows(whole)
    found = dict(facts.facts(whole, facts.provenances(whole.results, frame)))
    assert found["Hardware"] == "Test CPU (3); Other GPU (1)"
    assert found["Seeds"] == "seed 0"
    assert found["Trained"] == "2025-02-01 10:00 to 2025-02-01 12:00"
    assert found["Resumed runs"] == "1"
    assert "Caution" not in found


def test_runs_that_a_card_took_kernel_by_kernel_are_counted(whole):
    records = facts.provenances(whole.results, facts.all_rows(whole))
    eager = {"device_type": "cuda", "graphed": False}
    recorded = [record.model_copy(update=eager | {"graphed": True}) for record in records]
    assert "Runs without a CUDA graph" not in dict(facts.facts(whole, recorded))
    mixed = [recorded[0].model_copy(update=eager), *recorded[1:]]
    found = dict(facts.facts(whole, mixed))
    assert found["Runs without a CUDA graph"] == "1 on a GPU; their logs say why"


def test_runs_on_other_data_are_cautioned_of(whole, tmp_path):
    write_data(tmp_path, seed=1)
    frame = facts.all_rows(whole)
    found = dict(facts.facts(whole, facts.provenances(whole.results, frame)))
    assert found["Caution"] == "4 runs were trained on other data than these"


def test_test_images_that_were_trained_on_are_cautioned_of(whole, tmp_path):
    arrays = write_data(tmp_path)
    twice = {**arrays, "train_images": arrays["test_images"]}
    shared.note(twice, Manifest.read(tmp_path / "data/manifest.json"), tmp_path / "data")
    found = dict(facts.facts(whole, []))
    assert "test images are training images too" in found["Caution"]


def test_what_was_accepted_is_said_until_it_is_made_anew(whole, tmp_path):
    results, out = Results(tmp_path), tmp_path / "report.md"
    then = Made(request={}, code="then", inputs={}, outputs={})
    names = ("tables/depth", "tables/activation", "figures/curves")
    for name in names:
        then.write(results.record(name))
        acceptance.accept(results, name, "then", ["ablate.steps.page"])
    days = {"when": "2025-02-03T10:00:00+00:00"}
    request = whole.model_copy(
        update={"accepted": tuple(Accepted(product=name, **days) for name in names)}
    )
    assert step.main(asked(request.plain(), tmp_path, [out])) == 0
    assert "- Accepted: tables: 2, figures: 1; on 2025-02-03, as they were" in out.read_text()
    then.model_copy(update={"code": "now"}).write(results.record("tables/depth"))
    assert step.main(asked(request.plain(), tmp_path, [out])) == 0
    assert "- Accepted: tables: 1, figures: 1;" in out.read_text()
    assert step.main(asked(whole.plain(), tmp_path, [out])) == 0
    assert "Accepted" not in out.read_text()


def test_markdown_has_every_table_and_links_every_figure(whole):
    text = plain.page(whole)
    assert text.startswith("# Report\n\n- 5 of 5 rows measured")
    assert text.count("\n# ") == 0
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## What was run",
        "## Activation functions (section 2.2.5)",
        "## Depth (section 2.2.7)",
        "## Summary",
        "## Figures",
    ]
    for figure in ("study_activation", "study_depth", "reported_vs_measured", "curves"):
        assert f"](figures/{figure}.png)" in text
    assert "Against relu, " in text
    assert "![Depth: accuracy of every row](" in text
    assert "- Hardware: Test CPU (3); Other GPU (1)" in text


def test_a_title_is_text_in_a_figures_alternative_too(whole):
    first, second = whole.studies
    titled = first.model_copy(update={"title": "Is `a` <b> or *c*? [d"})
    text = plain.page(whole.model_copy(update={"studies": (titled, second)}))
    assert r"![Is \`a\` \<b> or \*c\*? d: accuracy of every row](" in text


def test_markdown_says_once_that_it_is_a_demo(whole, tmp_path):
    note = "Demo: synthetic data, *no* result"
    for name in ("activation", "depth", "summary"):
        path = Results(tmp_path).table(name, "md")
        heading, rest = path.read_text().split("\n\n", 1)
        path.write_text(f"{heading}\n\n> **Demo: synthetic data, \\*no\\* result**\n\n{rest}")
    text = plain.page(whole.model_copy(update={"note": note}))
    assert text.count("Demo: synthetic data") == 1
    assert text.index("Demo: synthetic") < text.index("## What was run")


def test_the_step_writes_one_whole_file(whole, tmp_path):
    out = tmp_path / "report" / "report.md"
    assert step.main(asked(whole.plain(), tmp_path, [out])) == 0
    assert "Activation functions" in out.read_text(encoding="utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["report.md"]
