"""Answers in words, read against their numbers."""

import pytest

from ablate.findings import sentences
from ablate.findings.answer import AgainstControl, Scatter
from ablate.findings.judging import _together
from ablate.findings.links import links
from ablate.findings.verdict import Link
from ablate.findings.words import measure
from ablate.requests.study import AskedStudy
from ablate.settings import claims


def compared(row, control, relation="one run", difference=1.0, **interval):
    return AgainstControl(row, row, control, control, relation, 1, 1, difference, **interval)


def test_rows_with_one_control_are_held_against_it():
    found = [
        compared("gelu", "relu", "unclear", -1.0, low=-2.5, high=0.5),
        compared("elu", "relu", "better", 2.0, low=1.0, high=3.0),
    ]
    assert sentences.sentence("Do others do better?", found) == (
        "In part. Against relu, better: elu +2.00 [+1.00, +3.00]. "
        "Unclear: gelu −1.00 [−2.50, +0.50]."
    )


def test_rows_of_one_relation_stand_together_and_those_left_out_are_counted():
    found = [
        *(compared(f"worse {row}", "relu", "worse", -row) for row in range(1, 7)),
        *(compared(f"unclear {row}", "relu", "unclear", -row) for row in range(1, 5)),
        AgainstControl("late", "late", "relu", "relu", "not measured", 0, 3),
    ]
    assert sentences.sentence("Which is best?", found) == (
        "Against relu, worse: worse 1 −1.00; worse 2 −2.00; worse 3 −3.00; worse 4 −4.00; "
        "worse 5 −5.00; worse 6 −6.00. Unclear: unclear 1 −1.00; unclear 2 −2.00; "
        "and 2 more rows. Not measured: 1 row."
    )
    assert sentences.sentence("Which is best?", found[5:]).endswith("Not measured: late.")


def test_changes_one_on_top_of_the_other_are_told_step_by_step():
    found = [
        compared("no pool", "default", "better", 2.0),
        compared("and flips", "no pool", "worse", -1.0),
        compared("and decay", "and flips", "better", 0.5),
    ]
    assert sentences.sentence("Which brings how much?", found) == (
        "Step by step from default: no pool +2.00, better; and flips −1.00, worse; "
        "and decay +0.50, better."
    )


def test_rows_with_controls_of_their_own_name_them():
    found = [compared("BN", "plain"), compared("BN, twice as deep", "deep")]
    assert sentences.sentence("What does it do?", found) == (
        "Each against its own control: BN +1.00 (against plain); "
        "BN, twice as deep +1.00 (against deep). One run a row: how far runs scatter is not "
        "known, so none of this is judged."
    )


def test_controls_that_differ_by_one_level_are_named_once():
    found = [
        compared("with BN, 1e-3", "without BN, 1e-3", "better", 2.0),
        compared("with BN, 1e-2", "without BN, 1e-2", "alike", 0.1),
    ]
    assert sentences.sentence("Does it help?", found) == (
        "In part. Each against its own control, without BN: with BN, 1e-3 +2.00, better; "
        "with BN, 1e-2 +0.10, alike."
    )


def test_the_best_come_first_and_a_grid_keeps_its_order():
    single = [compared("elu", "relu", difference=2.0), compared("tanh", "relu", difference=5.0)]
    assert "Against relu: tanh +5.00; elu +2.00. One run a row" in sentences.sentence("?", single)
    grid = [
        compared("elu narrow", "relu narrow", difference=2.0),
        compared("elu wide", "relu wide", difference=5.0),
    ]
    assert "control, relu: elu narrow +2.00; elu wide +5.00." in sentences.sentence("?", grid)


@pytest.mark.parametrize(
    ("n", "control_n", "said"),
    [
        (0, 0, "Not measured yet."),
        (1, 0, "No comparison yet: relu, the control, has not run."),
        (0, 1, "No comparison yet: only relu, the control, has run."),
    ],
)
def test_what_keeps_rows_from_being_compared_is_said(n, control_n, said):
    found = [
        AgainstControl("elu", "elu", "relu", "relu", "not measured", n, control_n),
        AgainstControl("tanh", "tanh", "relu", "relu", "not measured", 0, control_n),
    ]
    assert sentences.sentence("Which is best?", found) == said


def test_the_result_says_who_did_better_than_whom():
    found = [
        compared("elu", "relu", "better", 2.0, low=1.0, high=3.0),
        compared("tanh", "relu", "worse", -5.0, low=-6.0, high=-4.0),
        compared("silu", "relu", "alike", 0.1, low=-0.3, high=0.5),
        compared("gelu", "relu", "unclear", 0.1, low=-3.0, high=3.2),
    ]
    assert sentences.result("Activations", found) == (
        "Activations: elu (+2.00 [+1.00, +3.00] points) reached a higher test accuracy than relu; "
        "tanh (−5.00 [−6.00, −4.00] points) reached a lower test accuracy than relu; "
        "the test accuracy of silu (+0.10 [−0.30, +0.50] points) was equivalent to that of relu; "
        "no difference from relu could be shown for gelu (+0.10 [−3.00, +3.20] points) "
        "(difference of means with its 95 % interval)."
    )
    assert sentences.result("Activations", [compared("elu", "relu")]) == ""


def test_methods_name_seeds_and_images():
    study = AskedStudy(name="study", title="", rows=(), data_name="synthetic", preset="demo")
    text = sentences.methods(study, [1, 1], {}, Scatter("unknown"))
    assert text.startswith(
        "Every setting was trained with one random seed on synthetic images (preset demo). "
    )
    assert sentences.methods(study, [], {}, Scatter("unknown")) == ""


def test_methods_say_what_became_of_single_runs_beside_welchs_test():
    study = AskedStudy(name="study", title="", rows=(), data_name="CIFAR-10")
    alone = sentences.methods(study, [5, 1], {}, Scatter("welch"))
    assert alone.endswith("Settings that were trained once were not tested.")
    assert "once" not in sentences.methods(study, [5, 5], {}, Scatter("welch"))
    noisy = sentences.methods(study, [5, 1], {}, Scatter("welch", 1.0, 4, "five repeats"))
    assert (
        "by Welch's t test, of single runs with a standard deviation of 1.00 percentage points (4 "
        "degrees of freedom), that of five repeats, adjusted by Holm's" in noisy
    )
    assert "once" not in noisy


@pytest.mark.parametrize(
    ("value", "level", "said"),
    [
        (-22.0, False, "−22.00"),
        (90.234, True, "90.23"),
        (0.0031, False, "+0.0031"),
        (-0.0, False, "+0.00"),
        (1e-17, False, "+0.00"),
        (11173962.0, True, "11,173,962"),
        (None, False, ""),
    ],
)
def test_what_was_measured_has_a_sign_only_where_it_is_a_difference(value, level, said):
    assert measure(value, level) == said


def test_a_link_says_what_was_asserted_and_what_was_measured():
    assert Link("ELU > ReLU", 1.2, 0.0, 0.3, 2.1).measured == "ELU > ReLU? +1.20 [+0.30, +2.10]"
    assert Link("BN > 99", 90.2, 99.0, level=True).measured == "BN > 99? 90.20"


def test_links_are_spelt_with_minus_signs():
    labels = {"a": "ResNet-18", "b": "ResNet-34", "c": "ResNet-50"}

    def texts(**said):
        return [link.text for link in links(claims.Comparison(**said), labels)]

    assert texts(alike=["a", "b"], within=2) == [
        "ResNet-18 − ResNet-34 > −2",
        "ResNet-18 − ResNet-34 < 2",
    ]
    assert texts(contrast={"a": 2, "b": -1, "c": -0.5}) == [
        "2 × ResNet-18 − ResNet-34 − 0.5 × ResNet-50 > 0"
    ]
    assert texts(best_of=[["a", "b"], ["c"]]) == ["best of ResNet-18 to ResNet-34 > ResNet-50"]


def test_rows_that_lack_the_same_are_named_together():
    reasons = ["18: not reached", "a: b: not reached", "34: it diverged", "no such class"]
    assert _together(reasons) == "18 and a: b: not reached; 34: it diverged; no such class"
