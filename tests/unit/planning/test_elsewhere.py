"""Rows that were measured elsewhere: what is planned for them, and what nobody can ask of them."""

import copy

import pytest

from ablate.errors import AblateError
from ablate.planning import claims
from ablate.planning.plan import Plan
from ablate.planning.products import Products

THEIRS = {"best_accuracy": [93.1, 93.4, 92.8], "source": "their repository"}
CONFIG = {
    "preset": "full",
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {"needs_gpu": True}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {
        "widths": {
            "title": "Widths",
            "recipe": "tiny",
            "rows": {
                "narrow": {"control": True},
                "theirs": {"label": "Wide", "measured": THEIRS, "reported": 93.5},
            },
        },
        "others": {
            "title": "Others alone",
            "rows": {"a": {"measured": [80.0], "control": True}, "b": {"measured": [81.0, 82.0]}},
        },
        "plain": {"title": "Plain", "recipe": "tiny", "rows": {"narrow": {}}},
    },
}


def plan(**changes) -> Plan:
    """The plan of CONFIG with some places changed, written a/b/c."""
    config = copy.deepcopy(CONFIG)
    for path, value in changes.items():
        *parents, last = path.split("/")
        inner = config
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return Plan(config)


def test_nothing_is_trained_for_them():
    found = plan()
    assert len(found.trainings()) == 1
    assert [len(study.trainings) for study in found.studies.values()] == [1, 0, 1]
    assert Products(found)["tables/others"].inputs == {}
    runs = [name for name in Products(found).names() if name.startswith(("runs/", "metrics/"))]
    assert len(runs) == 2


def test_no_gpu_is_waited_for_where_nothing_is_trained():
    assert plan().awaits_gpu
    assert not plan(studies={"others": CONFIG["studies"]["others"]}).awaits_gpu


def test_they_say_so_wherever_they_are_named_and_pair_with_nothing():
    asked = Products(plan())["tables/widths"].request["rows"]
    ours, theirs = asked
    assert (ours["label"], theirs["label"]) == ("narrow", "Wide (measured elsewhere)")
    assert (theirs["run"], theirs["seeds"]) == ("", [])
    accuracies = {"best_accuracy": [93.1, 93.4, 92.8], "last_accuracy": None}
    assert theirs["elsewhere"] == {**accuracies, "source": "their repository"}
    assert ours["elsewhere"] is None
    assert theirs["control"] == "narrow"
    assert not theirs["paired"]
    assert theirs["differs_by"] == []


def test_one_may_be_the_control_of_a_row_that_is_trained():
    rows = {"narrow": {"control": "theirs"}, "theirs": {"measured": [90.0]}}
    narrow = Products(plan(**{"studies/widths/rows": rows}))["tables/widths"].request["rows"][0]
    assert (narrow["control"], narrow["paired"], narrow["differs_by"]) == ("theirs", False, [])


def test_another_value_outdates_what_shows_it_and_nothing_else():
    before, after = (
        Products(plan(**{"studies/others/rows/b/measured": values}))
        for values in ([81.0, 82.0], [81.0, 82.5])
    )
    names = list(before.names())
    assert names == list(after.names())
    changed = {name for name in names if before[name].request != after[name].request}
    assert changed == {"findings", "tables/others", "figures/study_others", "report/index"}


def test_a_stated_noise_of_whole_runs_asks_nothing_of_them():
    noise = {"sd": 1.0, "df": 4, "epochs": 10}
    found = Products(plan(**{"studies/widths/noise": noise, "studies/others/noise": noise}))
    assert found["tables/widths"].request["noise"] is not None
    assert found["tables/others"].request["noise"] is None


def test_claims_name_them():
    stated = {"better": {"says": "Theirs is better.", "order": ["theirs", "others/b", "narrow"]}}
    found = plan(**{"studies/widths/claims": stated})
    [claim] = claims.of_study(found, found.studies["widths"])
    assert claim.names_elsewhere
    one = claim.asked()
    assert one.referents["theirs"].elsewhere.source == "their repository"
    assert one.referents["theirs"].members == ()
    assert one.referents["others/b"].label == "Others alone: b (measured elsewhere)"
    assert one.referents["theirs"].reported == 93.5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"of": "train_loss", "order": ["theirs", "narrow"]}, "asks for train_loss"),
        ({"collapsed": ["theirs"]}, "asks for collapsed"),
        ({"of": "flops", "best": "narrow"}, "theirs was measured elsewhere, so its accuracies are"),
    ],
)
def test_a_claim_on_what_nobody_told_of_them_is_refused(asked, said):
    found = plan(**{"studies/widths/claims": {"c": {"says": "So.", **asked}}})
    [claim] = claims.of_study(found, found.studies["widths"])
    with pytest.raises(AblateError, match=rf"^studies.widths.claims.c: .*{said}"):
        claim.asked()


def test_a_figure_draws_none_of_them():
    figure = {"title": "Curves", "runs": {"A": "widths/theirs"}}
    with pytest.raises(AblateError, match=r"^figures.curves.runs.A: widths/theirs was measured"):
        plan(**{"figures/curves": figure})
    best = {"title": "Best", "best_of": "widths"}
    asked = Products(plan(**{"figures/confusion": best}))["figures/confusion"].request
    assert [run["label"] for run in asked["runs"]] == ["narrow"]
    with pytest.raises(AblateError, match=r"^figures.confusion.best_of: all rows of others were"):
        plan(**{"figures/confusion": {"title": "Best", "best_of": "others"}})


def test_a_report_repeats_no_row_of_theirs():
    noise = {"sd": 1.0, "df": 4, "repeated": {"row": "widths/theirs", "mean": 80.0, "n": 5}}
    stated = {"c": {"says": "So.", "order": ["theirs", "narrow"]}}
    with pytest.raises(AblateError, match=r"^studies.widths.noise.repeated.row: widths/theirs was"):
        plan(**{"studies/widths/noise": noise, "studies/widths/claims": stated})
