"""What others measured beside what was trained here: whose scatter counts for whom."""

import math

import numpy as np
import pytest
from scipy import stats

from ablate.findings import sentences
from ablate.findings.against_control import RowRuns, comparisons
from ablate.findings.answer import AgainstControl, Scatter
from ablate.findings.contrast import difference, half_width
from ablate.findings.sample import Sample
from ablate.findings.spread import scatter, spreads
from ablate.requests.study import AskedStudy
from ablate.settings.study import Noise

RELU, ELU, THEIRS = [80.1, 79.5, 80.8], [82.4, 81.9, 83.0], [81.0, 81.9, 81.2, 80.3]
OURS = {"relu": Sample.of(RELU), "elu": Sample.of(ELU)}


def others(*values: float) -> Sample:
    return Sample.of(values).of_others()


def test_a_row_of_theirs_against_one_of_ours_is_scipys_welch():
    samples = {"relu": OURS["relu"], "theirs": others(*THEIRS)}
    found = difference("theirs", "relu", samples, spreads(samples))
    expected = stats.ttest_ind(THEIRS, RELU, equal_var=False)
    assert found.interval() == pytest.approx(expected.confidence_interval(0.95))
    assert 2 * found.above(0) == pytest.approx(expected.pvalue)


def test_their_rows_among_themselves_are_pooled_as_ours_are():
    samples = {"a": others(*RELU), "b": others(*ELU), "relu": OURS["relu"]}
    found = difference("b", "a", samples, spreads(samples))
    expected = stats.ttest_ind(ELU, RELU, equal_var=True)
    assert found.interval() == pytest.approx(expected.confidence_interval(0.95))


def test_what_ours_scatter_is_the_same_with_and_without_theirs():
    with_theirs = {**OURS, "theirs": others(81.0, 95.0, 60.0), "five": others(*ELU, 82.0, 83.0)}
    noise = Noise(sd=1.0, df=4)
    assert {name: spreads(with_theirs, noise)[name] for name in OURS} == spreads(OURS, noise)
    assert scatter(with_theirs, noise).kind == scatter(OURS, noise).kind == "pooled"
    single = {"relu": Sample.of([80.0]), "theirs": others(*THEIRS)}
    assert spreads(single)["relu"] is None
    assert [*spreads(single, noise)["relu"].parts] == ["stated"]


def test_a_single_number_of_theirs_scatters_as_ours_do_and_never_by_a_stated_noise():
    samples = {**OURS, "theirs": others(81.0)}
    assert spreads(samples)["theirs"] == spreads(samples)["relu"]
    # As those of theirs that were repeated, where some were.
    repeated = samples | {"repeated": others(*THEIRS)}
    assert spreads(repeated)["theirs"] == spreads(repeated)["repeated"]
    alone = {"relu": Sample.of([80.0]), "theirs": others(81.0)}
    assert spreads(alone, Noise(sd=1.0, df=4, source="five repeats"))["theirs"] is None
    assert math.isnan(half_width(others(81.0), Noise(sd=1.0, df=4)))
    assert scatter({"theirs": others(81.0)}, Noise(sd=1.0, df=4)).kind == "unknown"


def test_beside_rows_of_five_runs_a_single_number_has_the_mean_of_their_scatters():
    five = {"relu": Sample.of([*RELU, 80.0, 81.0])}
    samples = five | {"theirs": others(81.0)}
    found = difference("theirs", "relu", samples, spreads(samples))
    # Five runs tell how far both scatter, and no more than that is known.
    assert found.error == pytest.approx(five["relu"].sd * math.sqrt(1 + 1 / 5))
    assert found.df == pytest.approx(4)
    samples["elu"] = Sample.of([*ELU, 82.0, 83.5])
    found = difference("theirs", "relu", samples, spreads(samples))
    parts = [(0.5 + 0.2) * samples["relu"].sd ** 2, 0.5 * samples["elu"].sd ** 2]
    assert found.error == pytest.approx(math.sqrt(sum(parts)))
    assert found.df == pytest.approx(sum(parts) ** 2 / sum(part**2 / 4 for part in parts))


def test_intervals_of_a_single_number_hold_the_truth_as_often_as_they_say():
    drawn, inside = np.random.default_rng(6), 0
    for _ in range(2000):
        ours = Sample.of(drawn.normal(0, 1, 5).tolist())
        samples = {"ours": ours, "theirs": others(drawn.normal())}
        low, high = difference("theirs", "ours", samples, spreads(samples)).interval()
        inside += low <= 0 <= high
    assert 0.94 <= inside / 2000 <= 0.96


def test_by_welch_a_single_number_borrows_no_scatter_either():
    samples = {**OURS, "theirs": others(81.0)}
    assert spreads(samples, variance="welch")["theirs"] is None
    repeated = samples | {"repeated": others(*THEIRS)}
    assert spreads(repeated, variance="welch")["theirs"] is None


def test_numbers_that_are_all_the_same_make_nothing_certain():
    samples = {"a": others(93.1, 93.1), "b": others(93.4, 93.4, 93.4)}
    rows = [
        RowRuns(name, name, control, sample, sample)
        for (name, sample), control in zip(samples.items(), (None, "a"), strict=True)
    ]
    [found] = comparisons(rows, None, "auto", 1.0)
    assert (found.relation, found.low, found.improvement) == ("one run", None, None)


def test_numbers_that_are_all_the_same_count_as_one():
    ours = Sample.of([80.0, 81.0, 82.0])
    samples = {"ours": ours, "one": others(90.0), "same": others(90.0, 90.0, 90.0)}
    assert samples["same"].n == 1
    intervals = [
        difference(name, "ours", samples, spreads(samples)).interval() for name in ("one", "same")
    ]
    assert intervals[0] == intervals[1] == pytest.approx((4.0, 14.0), abs=0.1)
    assert others().n == 0


def test_methods_say_who_trained_what():
    scatter = Scatter("pooled", 0.5, 4)
    label = "GELU (measured elsewhere)"
    study = AskedStudy(name="study", title="", rows=(), data_name="CIFAR-10")
    text = sentences.methods(study, [3, 3], {label: "Smith (2024)"}, scatter)
    assert text.startswith("Every other setting was trained with 3 random seeds on CIFAR-10. ")
    assert (
        "Not trained here, with accuracies as they were given: GELU (measured elsewhere), from "
        "Smith (2024). Their scatter was not pooled with that of the others. " in text
    )
    alone = sentences.methods(study, [], {label: ""}, scatter)
    assert alone.startswith(
        "Not trained here, with accuracies as they were given: GELU (measured elsewhere). "
        "Differences of means"
    )
    assert "Every" not in alone


def test_a_row_of_three_numbers_is_not_called_one_run():
    one = AgainstControl(
        "theirs", "Theirs", "relu", "ReLU", "one run", n=3, control_n=1, difference=1
    )
    assert sentences.sentence("", [one]).endswith(
        "Theirs +1.00. A row of one run: how far runs scatter is not known, so none of this is "
        "judged."
    )
