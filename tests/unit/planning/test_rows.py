"""How a study's rows are spelled out, and which row each is compared with."""

import pytest

from ablate.errors import AblateError
from ablate.planning.rows import controls, factors, shared_control, spelled
from ablate.settings.study import Study

WIDTHS = {"narrow": 0.5, "wide": 2.0}


def study(**written) -> Study:
    return Study.model_validate({"title": "Smooth", "recipe": "resnet34", **written})


def compared(asked: Study) -> dict[str, str]:
    return controls("studies.smooth", asked, spelled("studies.smooth", asked))


def test_every_other_row_is_compared_with_the_one_marked():
    asked = study(rows={"relu": {"control": True}, "gelu": {}, "silu": {}})
    assert compared(asked) == {"gelu": "relu", "silu": "relu"}
    assert shared_control("studies.smooth", asked, spelled("studies.smooth", asked)) == "relu"


def test_a_grid_compares_like_with_like():
    rows = {"relu": {"control": True}, "gelu": {}}
    marked = study(rows=rows, grid={"model.width": WIDTHS})
    named = study(rows={"relu": {}, "gelu": {}}, grid={"model.width": WIDTHS}, control="relu")
    expected = {"gelu_narrow": "relu_narrow", "gelu_wide": "relu_wide"}
    assert compared(marked) == compared(named) == expected
    assert shared_control("", marked, spelled("", marked)) is None
    assert factors("", marked) == {"row": ("relu", "gelu"), "model.width": ("narrow", "wide")}


def test_a_level_of_an_axis_may_be_the_control():
    asked = study(
        grid={"model.width": WIDTHS, "optimizer.lr": {"slow": 0.01, "fast": 0.1}}, control="slow"
    )
    assert compared(asked) == {"narrow_fast": "narrow_slow", "wide_fast": "wide_slow"}


def test_one_cell_of_a_grid_may_be_the_control_of_all():
    asked = study(rows={"gelu": {}}, grid={"model.width": WIDTHS}, control="gelu_narrow")
    assert compared(asked) == {"gelu_wide": "gelu_narrow"}


def test_a_row_may_name_its_own_control():
    rows = {"relu": {}, "gelu": {"control": "relu"}, "silu": {"control": "gelu"}}
    assert compared(study(rows=rows)) == {"gelu": "relu", "silu": "gelu"}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"control": "rule"}, r"smooth.control: unknown row 'rule'; allowed: relu"),
        ({"rows": {"a": {"control": True}, "b": {"control": True}}}, "found the controls a, b"),
        ({"rows": {"a": {"control": "c"}}}, r"smooth.rows.a.control: unknown row 'c'"),
    ],
)
def test_a_control_that_is_not_there_is_named(written, message):
    with pytest.raises(AblateError, match=message):
        compared(study(**{"rows": {"relu": {}}, **written}))


def reported(asked: Study) -> dict[str, float | None]:
    return {name: each.row.reported for name, each in spelled("", asked).items()}


def test_a_row_of_a_grid_keeps_its_own_reported_number_where_the_study_gives_none():
    rows = {"relu": {"reported": 80, "reported_seconds": 9}, "gelu": {}}
    asked = study(rows=rows, grid={"model.width": WIDTHS}, reported={"relu_wide": 81})
    assert reported(asked) == {
        "relu_narrow": 80,
        "relu_wide": 81,
        "gelu_narrow": None,
        "gelu_wide": None,
    }


def test_a_study_reports_of_rows_without_a_grid_too():
    asked = study(rows={"relu": {}, "gelu": {"reported": 80}}, reported={"relu": 79})
    assert reported(asked) == {"relu": 79, "gelu": 80}
