"""The charts' specifications: they compile, and draw the values they are given."""

import json
import re

import pytest
import vl_convert

from ablate.report import charts

CURVE = [
    {"epoch": e, "mean": 10.0 * e, "low": 9.0 * e, "high": 11.0 * e}
    | {"row": row, "part": part, "colour": colour, "text": f"{10 * e}"}
    for row, colour in (("ReLU", "var(--c0)"), ("ELU", "var(--c1)"))
    for part in ("test", "train")
    for e in (1, 2, 3)
]
CELL = {"difference": -3, "text": "−3", "strong": True, "count": 3}
VALUES = {
    "accuracy": CURVE,
    "loss": CURVE,
    "classes": [{**CELL, "row": "ELU", "class": "cat"}, {**CELL, "row": "ELU", "class": "dog"}],
    "confusion": [{**CELL, "true": "cat", "predicted": "dog"}],
}


def drawn(name: str, **parameters) -> str:
    spec = json.loads(json.dumps(charts.charts()[name]))
    spec["datasets"] = {"values": VALUES[name]}
    if spec["width"] == "container":
        spec["width"] = 400
    for parameter in spec["params"]:
        if parameter["name"] in parameters:
            parameter["value"] = parameters[parameter["name"]]
    return vl_convert.vegalite_to_svg(spec)


@pytest.mark.parametrize("name", VALUES)
def test_a_chart_takes_its_colours_from_the_page(name):
    svg = drawn(name)
    assert "var(--" in svg
    assert "currentColor" in svg
    assert "#000" not in svg


def test_curves_are_a_line_a_row_and_part_training_dashed():
    svg = drawn("accuracy")
    lines = [part for part in svg.split("<path") if '"line mark"' in part]
    assert len(lines) == 4
    assert sum('stroke-dasharray="5,4"' in line for line in lines) == 2
    assert "epoch" in svg
    assert "accuracy, %" in svg


def test_one_row_can_stand_alone():
    svg = drawn("accuracy", alone="ELU")
    faint = [p for p in svg.split("<path") if '"line mark"' in p and 'opacity="0.12"' in p]
    assert len(faint) == 2
    assert all("var(--c0)" in line for line in faint)


def test_where_many_bands_lie_over_each_other_those_of_training_wait_until_a_row_stands_alone():
    def bands(**parameters):
        areas = [p for p in drawn("accuracy", **parameters).split("<path") if '"area mark"' in p]
        return sorted(float(re.search(r' opacity="([\d.]+)"', area)[1]) for area in areas)

    assert bands() == [0.18, 0.18, 0.18, 0.18]
    assert bands(many=True) == [0, 0, 0.1, 0.1]
    assert bands(many=True, alone="ELU") == [0, 0, 0.18, 0.18]


def test_an_axis_can_be_cut():
    whole, cut = drawn("loss"), drawn("loss", top=15)
    assert ">30<" in whole
    assert ">30<" not in cut


def test_cells_carry_their_text():
    assert "−3" in drawn("confusion")
    assert "−3" in drawn("classes")


def test_the_library_is_one_script_that_draws_them():
    text = charts.bundle()
    assert "window.vegaEmbed=" in text
    assert 500_000 < len(text) < 1_200_000
    assert "</script" not in text
