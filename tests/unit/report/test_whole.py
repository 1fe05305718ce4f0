"""Pages about the whole report: overview, all runs, other tables, plain Markdown."""

import pytest
from asking import asked
from html_pages import headers, read, rows
from small_results import PROVENANCE, row, study_request, write_data, write_run, write_study

from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.report import overview, plain, runs, table
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
    studies = [
        {key: study[key] for key in ("study", "title", "section", "question")}
        for study in (first, second)
    ]
    request = {
        "results": str(tmp_path),
        "note": None,
        "preset": "paper",
        "seeds": [0, 1],
        "studies": studies,
        "tables": ["summary"],
        "figures": [
            {
                "figure": "reported_vs_measured",
                "title": "Reported against measured",
                "section": "2.3",
                "caption": "Every row.",
            },
            {"figure": "curves", "title": "Curves", "section": "2.2.11", "caption": "Figure 6."},
        ],
    }
    make("summary", request, Results(tmp_path).table("summary"))
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "reported_vs_measured.svg").write_text("<svg/>")
    return request


def facts(page):
    names = [dt.text for dt in page.all("dt")]
    return dict(zip(names, (dd.text for dd in page.all("dd")), strict=True))


def test_overview_says_what_was_run_on_what(whole):
    found = facts(read(overview.page(whole)))
    assert found["Preset"] == "paper"
    assert found["Data"].startswith("noise: 40 training and 40 test synthetic images")
    assert found["Seeds"] == "seed 0"
    assert found["Runs"] == "4 distinct"
    assert found["Hardware"] == "Test CPU (3); Other GPU (1)"
    assert found["Training time"] == "2.0 hours"
    assert found["Trained"] == "2025-02-01 10:00 to 2025-02-01 12:00"
    assert "torch 2.15.0" in found["Versions"]
    assert found["Resumed runs"] == "1"
    assert "Caution" not in found


def test_overview_warns_of_runs_on_other_data(whole, tmp_path):
    write_data(tmp_path, seed=1)
    assert facts(read(overview.page(whole)))["Caution"] == (
        "4 runs were trained on other data than these"
    )


def test_overview_has_the_headline_numbers(whole):
    cards = [card.text for card in read(overview.page(whole)).all("div", class_="card")]
    distances = [0.6, 0.74, 4.66, 0.93, 0.44]
    assert cards == [
        "5 of 5 rows measured",
        "83.00 % best: activation, elu",
        "4 of 5 within 2 points of the reported accuracy",
        f"{sum(distances) / 5:.2f} points from the reported accuracy, on average",
        "0 runs diverged",
        "1 run collapsed",
        "1 run missing",
    ]


def test_overview_says_study_by_study_what_agrees(whole):
    agreement = read(overview.page(whole)).all("table", class_="sortable")[0]
    assert headers(agreement)[:3] == ["study", "rows", "within 2 points"]
    activation, depth = rows(agreement)
    assert activation[:4] == ["2.2.5 Activation functions", "3", "2 of 3", "2.00"]
    assert activation[5:] == ["elu", "elu same", "1.00"]
    assert depth[5:] == ["34", "18", ""]


def test_overview_lists_the_farthest_rows_first_and_what_is_missing(whole):
    page = read(overview.page(whole))
    farthest = page.all("table", class_="sortable")[1]
    assert rows(farthest)[0] == ["activation", "tanh", "74.66", "70.00", "1", "-4.66"]
    distances = [abs(float(line[5])) for line in rows(farthest)]
    assert distances == sorted(distances, reverse=True)
    assert "depth, 18: 1 of 2 runs" in [item.text for item in page.all("li")]


def test_overview_shows_its_figure_and_names_the_others(whole):
    page = read(overview.page(whole))
    assert page.one("img").attributes["src"].startswith("data:image/svg+xml")
    assert "2.2.11 Curves : Figure 6." in [item.text for item in page.all("li")]
    without = {**whole, "figures": whole["figures"][1:]}
    assert not read(overview.page(without)).all("img")


def test_a_whole_report_misses_nothing(whole, tmp_path):
    whole["studies"] = whole["studies"][:1]
    assert "Nothing: every row of every study has all its runs." in read(overview.page(whole)).text


def test_all_runs_are_listed_with_everything_a_search_needs(tmp_path):
    write_run(tmp_path, "run-a", 0, 81.234, seconds=12.0)
    write_run(tmp_path, "run-b", 1, 10.0, collapsed=True)
    request = {
        "results": str(tmp_path),
        "runs": [["run-a", 0], ["run-b", 1], ["run-c", 0]],
        "shown_in": {"run-a": ["activation/relu", "stem/conv3x3_stride1"]},
    }
    page = read(runs.page(request))
    first, second = page.all("details", class_="run")
    assert first.one("summary").text == (
        "run-a/seed0 activation/relu, stem/conv3x3_stride1 best 81.23 % last 81.23 % 12 s"
    )
    assert "optimizer.momentum 0.9" in first.text
    assert "device Test CPU" in first.text
    assert "collapsed" in second.one("summary").text
    assert page.one("p", class_="count").text == "2 of 2 runs"
    assert page.one("input").attributes["type"] == "search"
    assert page.one("label").attributes["for"] == page.one("input").attributes["id"]
    assert "run-c/seed0" in [item.text for item in page.all("li")]


def test_other_tables_have_pages_too(whole):
    page = read(table.page({**whole, "table": "summary"}))
    assert page.one("h1").text == "Summary"
    grids = page.all("table", class_="sortable")
    assert [grid.one("caption").text for grid in grids] == [
        "Agreement by study",
        "2.2.5 Activation functions",
        "2.2.7 Depth",
    ]
    assert len(rows(grids[1])) == 3
    assert "5 of 5 rows measured" in page.text


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
    assert "Against relu: " in text
    assert "- Hardware: Test CPU (3); Other GPU (1)" in text


def test_markdown_says_once_that_it_is_a_demo_and_what_is_stale(whole, tmp_path):
    note = "Demo: synthetic data, *no* result"
    for name in ("activation", "depth", "summary"):
        path = Results(tmp_path).table(name, "md")
        heading, rest = path.read_text().split("\n\n", 1)
        path.write_text(f"{heading}\n\n> **Demo: synthetic data, \\*no\\* result**\n\n{rest}")
    text = plain.page({**whole, "note": note, "stale": ["runs/a: other code"]})
    assert text.count("Demo: synthetic data") == 1
    assert text.index("Demo: synthetic") < text.index("## What was run")
    assert "> - runs/a: other code" in text


def test_a_missing_table_is_named(whole, tmp_path):
    Results(tmp_path).table("depth", "md").unlink()
    with pytest.raises(AblateError, match=r"depth\.md cannot be read"):
        plain.page(whole)


@pytest.mark.parametrize("kind", ["overview", "markdown"])
def test_the_step_writes_one_whole_file(whole, tmp_path, kind):
    out = tmp_path / "report" / "page.html"
    assert step.main(asked({**whole, "kind": kind}, tmp_path, [out])) == 0
    assert "Activation functions" in out.read_text(encoding="utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["page.html"]


def test_the_step_names_what_is_missing(tmp_path, capsys):
    request = {"kind": "overview", "studies": [{"study": "stem", "title": "Stem"}]}
    assert step.main(asked(request, tmp_path, [tmp_path / "o.html"])) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "stem.csv" in error
    assert not (tmp_path / "o.html").exists()
