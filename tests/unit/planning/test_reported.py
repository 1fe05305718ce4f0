"""Reported numbers stand beside results on the data that they are of, and beside no other."""

from pathlib import Path

import pytest

from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.planning.products import Products, findings
from ablate.requests.study import AskedStudy
from ablate.settings import written
from ablate.tables.columns import COLUMNS
from ablate.tables.study import page

CONFIG = Path(__file__).parents[3] / "config.yaml"
MINE = {"source": "folder", "name": "my images", "path": "/mine"}
CIFAR10 = {"source": "cifar10"}
NOTED = {"note": "not the report's scale"}


def planned(tmp_path, **changed):
    config = written.read(CONFIG) | {"results": str(tmp_path)}
    config["presets"]["noted"] = NOTED
    return Plan({**config, **changed})


def numbers(plan):
    """All reported numbers that anything is asked to show."""
    rows = [
        row for name in plan.studies for row in Products(plan)[f"tables/{name}"].request["rows"]
    ]
    claimed = [
        row
        for study in findings.product(plan, "").request["studies"]
        for claim in study["claims"]
        for row in claim["referents"].values()
    ]
    told = [row[key] for row in rows for key in ("reported", "reported_seconds")]
    return [each for each in (*told, *(row["reported"] for row in claimed)) if each is not None]


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"data": CIFAR10}, True),
        ({"data": MINE | {"name": "CIFAR-10"}}, True),
        ({"preset": "demo"}, True),
        ({"preset": "laptop"}, True),
        ({"data": CIFAR10 | {"train_images": 5000}, "preset": "noted"}, True),
        ({"data": {"source": "synthetic"}, "preset": "noted"}, True),
        ({"data": MINE}, False),
        ({"data": MINE, "preset": "quick"}, False),
        ({"data": MINE | {"name": "synthetic"}, "preset": "noted"}, False),
        ({"data": {"source": "cifar100"}}, False),
        ({"data": CIFAR10 | {"train_images": 5000}}, False),
        ({"data": CIFAR10 | {"test_images": 1000}}, False),
        ({"data": {"source": "synthetic"}}, False),
    ],
)
def test_reported_numbers_stand_beside_results_on_the_same_data(tmp_path, changed, shown):
    plan = planned(tmp_path, **changed)
    assert bool(numbers(plan)) == shown
    for name, study in plan.studies.items():
        of = study.written.reported_on
        elsewhere = Products(plan)[f"tables/{name}"].request["reported_elsewhere"]
        assert elsewhere == (None if shown else of)


def test_a_report_of_ones_own_stands_beside_ones_own_images(tmp_path):
    rows = {
        "plain": {"control": True, "reported": 90},
        "gelu": {"set": {"model.activation": "GELU"}},
    }
    mine = {"title": "Mine", "recipe": "resnet34", "rows": rows}
    alone = {"families": {}, "figures": {}, "winners": {}, "data": MINE}
    for on, shown in ((None, [90.0]), ("my images", [90.0]), ("CIFAR-10", [])):
        study = {**mine, "reported_on": on}
        assert numbers(planned(tmp_path, studies={"mine": study}, **alone)) == shown


def test_the_table_says_that_they_are_left_out(tmp_path):
    plan = planned(tmp_path, data=MINE, partial=True)
    request = Products(plan)["tables/activation"].request
    shown = page(AskedStudy.read("tables/activation", request, Results(tmp_path)))[1]
    assert "Reported numbers are left out: they are of CIFAR-10, these results of my images." in (
        shown.notes
    )
    assert not [
        c.name for c in COLUMNS if "reported" in c.name and c.name in shown.sections[0].columns
    ]
