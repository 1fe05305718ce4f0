"""Requests as typed objects: read as they were written, refused where they are damaged."""

import copy
import importlib
from pathlib import Path

import pytest
import yaml

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.planning import requests
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.products.table import WHOLE_REPORT
from ablate.requests.figure import Drawing, StudyDrawing
from ablate.requests.findings import AskedFindings
from ablate.requests.page import Plain, Site
from ablate.requests.runs import ShownRun
from ablate.requests.study import AskedRow, AskedStudy
from ablate.requests.table import KINDS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def products():
    return Products(Plan(yaml.safe_load((ROOT / "config.yaml").read_text())))


def kind(name: str, plain: dict) -> type:
    if name.startswith("tables/"):
        return KINDS[plain["kind"]]
    if name.startswith("figures/"):
        return StudyDrawing if "study" in plain else Drawing
    return {"findings": AskedFindings, "report/index": Site, "report/markdown": Plain}[name]


def test_every_request_of_the_report_is_read_as_it_was_written(products):
    for of in ("findings", "tables", "figures", "report"):
        for name in products.of_kind(of):
            request = requests.of(products[name], Results("moved"))
            read = requests.Request.model_validate_json(request.model_dump_json())
            asked = read.read(kind(name, read.request))
            assert asked.plain() == products[name].request
            assert "results" not in asked.plain()


def test_all_that_a_request_holds_is_of_the_same_results(products):
    site = Site.read("report/index", products["report/index"].request, Results("moved"))
    inner = [site, *site.studies, *site.tables]
    assert {each.results.root for each in inner} == {Path("moved")}
    assert {each.note for each in inner} == {site.note}


STUDY = AskedStudy(name="s", title="S", rows=(AskedRow(name="a", run="r", seeds=(0,)),)).plain()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plain: plain["rows"][0].pop("run"), r"rows\.0\.run: Field required"),
        (lambda plain: plain.update(colour="red"), r"colour: Extra inputs"),
        (lambda plain: plain["rows"][0].update(seeds="0"), r"rows\.0\.seeds"),
        (lambda plain: plain["rows"][0].update(reported="high"), r"rows\.0\.reported"),
    ],
)
def test_a_damaged_request_is_one_message_with_the_place(change, said):
    plain = copy.deepcopy(STUDY)
    change(plain)
    with pytest.raises(AblateError, match=rf"request for tables/s is damaged \({said}.*again"):
        AskedStudy.read("tables/s", plain, Results("results"))


def test_nothing_changes_a_request():
    with pytest.raises(ValueError, match="frozen"):
        ShownRun(run="r", seeds=(0,)).run = "other"


def test_every_table_of_the_whole_report_has_a_request_and_a_module():
    assert {*KINDS} == {"study", *WHOLE_REPORT}
    for name in KINDS:
        assert callable(importlib.import_module(f"ablate.tables.{name}").page)


@pytest.mark.parametrize("name", [*WHOLE_REPORT, "findings"])
def test_no_study_takes_the_name_of_a_table_of_the_whole_report(name):
    row = {"measured": [80.0]}
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config |= {"studies": {name: {"title": "T", "rows": {"a": row}}}, "figures": {}, "winners": {}}
    with pytest.raises(AblateError, match=f"studies.{name}: '{name}' is a table or page of the"):
        Plan(config)
