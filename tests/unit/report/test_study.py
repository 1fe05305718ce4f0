"""A study's page: what a reader finds on it."""

import base64

import pytest
from html_pages import headers, read, rows
from small_results import PROVENANCE, SETTINGS, study_request, write_data, write_run, write_study

from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.report import study

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
ACCURACIES = {"relu": [80.0], "elu": [83.0], "tanh": [62.0]}


@pytest.fixture
def request_study(tmp_path):
    """Three measured rows, the data they stand on and a drawn figure."""
    write_data(tmp_path)
    digest = Manifest.read(Results(tmp_path).manifest).digest
    asked = study_request(tmp_path, figure="figures/study_activation.png")
    elu = {**SETTINGS, "model": {**SETTINGS["model"], "activation": {"name": "ELU"}}}
    provenance = {row["row"]: PROVENANCE | {"data": digest, "seed": 0} for row in asked["rows"]}
    write_study(asked, ACCURACIES, settings={"elu": elu}, provenance=provenance)
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "study_activation.svg").write_bytes(SVG)
    (folder / "study_activation.png").write_bytes(b"png")
    return asked


def test_title_question_setting_data_and_seeds_open_the_page(request_study):
    page = read(study.page(request_study))
    assert page.one("h1").text == page.one("title").text == "2.2.5 Activation functions"
    assert page.one("p", class_="question").text == "Which activation?"
    facts = dict(
        zip((dt.text for dt in page.all("dt")), (dd.text for dd in page.all("dd")), strict=True)
    )
    assert facts["Setting of the control (relu)"].startswith("resnet34(width=1.0, stem_kernel=3")
    assert facts["Data"].startswith("noise: 40 training and 40 test synthetic images")
    assert facts["Seeds"] == "seed 0"


def test_the_table_is_on_the_page_and_sortable(request_study):
    page = read(study.page(request_study))
    table = page.one("table", class_="sortable")
    assert headers(table)[:4] == ["row", "n", "best", "vs control"]
    assert [line[0] for line in rows(table)] == [
        "relu control",
        "elu model.activation",
        "tanh model.activation, optimizer.lr",
    ]
    reported = headers(table).index("reported")
    assert [line[reported] for line in rows(table)] == ["80.60", "82.26*", "74.66"]
    for header in table.one("thead").all("th"):
        assert header.attributes["aria-sort"] == "none"
        assert header.one("button").attributes["type"] == "button"
    best = headers(table).index("best")
    cells = [r.all("td")[best - 1] for r in table.one("tbody").all("tr")]
    assert [float(cell.attributes["data-sort"]) for cell in cells] == [80.0, 83.0, 62.0]
    assert "addEventListener" in page.one("script").text


def test_colours_mark_the_distance_from_the_report_and_no_winner_of_single_runs(request_study):
    table = read(study.page(request_study)).one("table", class_="sortable")
    lines = table.one("tbody").all("tr")
    assert not any(line.attributes.get("class") for line in lines)
    delta = headers(table).index("delta")
    styles = [line.all("td")[delta - 1].attributes["style"] for line in lines]
    assert styles == [study.tone(d) for d in (80 - 80.6, 83 - 82.26, 62 - 74.66)]


def test_the_outcome_stands_in_sentences(request_study):
    page = read(study.page(request_study))
    lines = [item.text for item in page.all("li")]
    assert (
        "Against relu: tanh -18.00 [-21.93, -14.07], worse; elu +3.00 [-0.93, +6.93], unclear."
        in lines
    )
    assert (
        "2 of 3 rows lie within 2 points of the reported accuracy; farthest: tanh, -12.66 points."
        in lines
    )


def test_the_figure_is_inside_with_setting_data_and_seeds_below(request_study):
    figure = read(study.page(request_study)).one("figure")
    kind, _, content = figure.one("img").attributes["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(content) == SVG
    assert figure.one("img").attributes["alt"]
    caption = figure.one("figcaption").text
    assert "SGD(lr=0.1" in caption
    assert "noise: 40 training" in caption
    assert "seed 0" in caption


def test_a_large_svg_gives_way_to_the_png(request_study, tmp_path):
    (tmp_path / "figures" / "study_activation.svg").write_bytes(b" " * 500_000)
    source = read(study.page(request_study)).one("img").attributes["src"]
    assert source == "data:image/png;base64," + base64.b64encode(b"png").decode()


def test_every_run_unfolds_to_settings_and_provenance(request_study):
    runs = read(study.page(request_study)).all("details")
    assert [run.one("span", class_="code").text for run in runs] == [
        "run-relu/seed0",
        "run-elu/seed0",
        "run-tanh/seed0",
    ]
    elu = runs[1]
    pairs = {line.one("th").text: line.one("td").text for line in elu.all("tr")}
    assert pairs["optimizer.lr"] == "0.1"
    assert pairs["versions.torch"] == "2.15.0"
    assert pairs["device"] == "Test CPU"
    assert pairs["git"].startswith("abc1234")
    highlighted = [line.one("th").text for line in elu.all("tr", class_="differs")]
    assert highlighted == ["model.activation.name"]
    assert not runs[0].all("tr", class_="differs")


def test_demo_and_stale_pages_say_so_first(request_study):
    warned = {**request_study, "note": "Demo: no result", "stale": ["runs/a: other code"]}
    main = read(study.page(warned)).one("main")
    first, second = [child for child in main.children if not isinstance(child, str)][:2]
    assert first.text == "Demo: no result"
    assert second.attributes["class"] == "stale"
    assert "runs/a: other code" in second.text
    plain = read(study.page(request_study))
    assert not plain.all("p", class_="note")
    assert not plain.all("section", class_="stale")


def test_texts_from_the_config_are_never_markup(request_study):
    request_study["title"] = "<script>alert(1)</script>"
    request_study["rows"][0]["label"] = "a<b & 'c'"
    page = read(study.page(request_study))
    assert page.one("h1").text == "2.2.5 <script>alert(1)</script>"
    assert len(page.all("script")) == 1
    assert rows(page.one("table", class_="sortable"))[0][0].startswith("a<b & 'c'")


def test_a_study_without_reported_numbers_or_control_has_its_page(tmp_path, request_study):
    bare = {**request_study, "control": None, "section": "", "question": ""}
    bare["rows"] = [
        {**row, "reported": None, "reported_best": False, "control": None, "differs_by": []}
        for row in request_study["rows"]
    ]
    page = read(study.page(bare))
    table = page.one("table", class_="sortable")
    assert "delta" not in headers(table)
    assert page.one("h1").text == "Activation functions"
    assert any(dt.text == "Setting of the first row" for dt in page.all("dt"))


def test_partial_studies_name_what_is_missing(tmp_path, request_study):
    (Results(tmp_path).run("run-tanh", 0) / "metrics.json").unlink()
    with pytest.raises(AblateError, match="run-tanh"):
        study.page(request_study)
    page = read(study.page({**request_study, "partial": True}))
    table = page.one("table", class_="sortable")
    assert rows(table)[2][headers(table).index("flags")] == "missing 1 of 1"
    assert len(page.all("details")) == 2


def test_a_study_of_no_run_at_all_still_has_a_page(tmp_path, request_study):
    for row in request_study["rows"]:
        (Results(tmp_path).run(row["run"], 0) / "metrics.json").unlink()
    page = read(study.page({**request_study, "partial": True}))
    assert not page.all("details")
    assert len(rows(page.one("table", class_="sortable"))) == 3


def test_flags_of_runs_are_shown(tmp_path, request_study):
    write_run(tmp_path, "run-tanh", accuracy=10.0, collapsed=True, diverged=True)
    alone = [{**request_study["rows"][2], "control": None}]
    page = read(study.page(request_study | {"rows": alone, "control": None}))
    marks = [mark.text for mark in page.one("details").all("span", class_="mark")]
    assert marks == ["diverged", "collapsed"]


def test_a_figure_that_was_not_drawn_is_named(tmp_path, request_study):
    for path in (tmp_path / "figures").iterdir():
        path.unlink()
    with pytest.raises(AblateError, match=r"study_activation\.png is not there"):
        study.page(request_study)
