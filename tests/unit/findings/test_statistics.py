"""Intervals, tests and adjustments against scipy's own, and against their promise by simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from ablate.findings.against_control import RowRuns, comparisons
from ablate.findings.contrast import Estimate, difference, estimate, half_width
from ablate.findings.images import same_images, shares
from ablate.findings.improvement import improvement
from ablate.findings.multiplicity import holm
from ablate.findings.power import detectable, seeds_needed, seeds_needed_alike
from ablate.findings.sample import Sample, sampling
from ablate.findings.spread import ratio, scatter, spreads
from ablate.settings.study import Noise

RELU, ELU, TANH = [80.1, 79.5, 80.8], [82.4, 81.9, 83.0], [74.0, 76.0, 75.5]
THREE = {"relu": Sample.of(RELU), "elu": Sample.of(ELU), "tanh": Sample.of(TANH)}


def between(row, control, samples, **how):
    return difference(row, control, samples, spreads(samples, **how))


def test_welch_is_scipys():
    found = between("elu", "relu", THREE, variance="welch")
    expected = stats.ttest_ind(ELU, RELU, equal_var=False)
    assert found.interval() == pytest.approx(expected.confidence_interval(0.95))
    assert 2 * found.above(0) == pytest.approx(expected.pvalue)
    assert found.below(0) == pytest.approx(1 - expected.pvalue / 2)


def test_pooling_two_rows_is_students_t():
    two = {name: THREE[name] for name in ("relu", "elu")}
    expected = stats.ttest_ind(ELU, RELU, equal_var=True)
    found = between("elu", "relu", two, variance="pooled")
    assert found.interval() == pytest.approx(expected.confidence_interval(0.95))
    assert 2 * found.above(0) == pytest.approx(expected.pvalue)


def test_pooling_more_rows_is_the_residual_variance_of_an_analysis_of_variance():
    within = math.sqrt(np.mean([np.var(row, ddof=1) for row in (RELU, ELU, TANH)]))
    found = between("elu", "relu", THREE)
    assert found.df == pytest.approx(6)
    assert found.error == pytest.approx(within * math.sqrt(2 / 3))


def test_a_contrast_of_several_rows_has_satterthwaites_freedom():
    weights = {"relu": 2.0, "elu": -1.0, "tanh": -1.0}
    found = estimate(weights, THREE, spreads(THREE, variance="welch"))
    parts = [
        w**2 * np.var(row, ddof=1) / 3
        for w, row in zip((2, -1, -1), (RELU, ELU, TANH), strict=True)
    ]
    assert found.value == pytest.approx(2 * np.mean(RELU) - np.mean(ELU) - np.mean(TANH))
    assert found.error == pytest.approx(math.sqrt(sum(parts)))
    assert found.df == pytest.approx(sum(parts) ** 2 / sum(part**2 / 2 for part in parts))


def test_single_runs_take_the_stated_noise_and_nothing_without_it():
    one = {"relu": Sample.of([80.0]), "elu": Sample.of([84.0])}
    found = between("elu", "relu", one, noise=Noise(sd=1.0, df=4, source="five repeats"))
    # Two single runs of sd 1, known from five repeats: 3.9 points are needed.
    assert found.interval()[0] == pytest.approx(4 - stats.t.ppf(0.975, 4) * math.sqrt(2))
    assert math.isnan(between("elu", "relu", one).above(0))
    assert scatter(one, None).kind == "unknown"
    assert scatter(one, Noise(sd=1.0, df=4, source="five repeats")).source == "five repeats"


def test_the_scatter_is_pooled_below_five_seeds_and_each_rows_own_from_there():
    five = {name: Sample.of([*sample, 80.0, 81.0]) for name, sample in (("a", RELU), ("b", ELU))}
    assert scatter(THREE, None).kind == "pooled"
    assert scatter(five, None).kind == "welch"
    assert ratio(THREE) == pytest.approx(np.std(TANH, ddof=1) / np.std(ELU, ddof=1))


def test_a_row_that_did_not_train_is_not_pooled_and_keeps_its_larger_scatter():
    lost = {**THREE, "lost": Sample.of([80.0, 10.0, 79.0], trained=False)}
    assert spreads(lost)["relu"] == spreads(THREE)["relu"]
    assert spreads(lost)["lost"].variance == pytest.approx(np.var([80, 10, 79], ddof=1))
    dead = {**THREE, "dead": Sample.of([10.0, 10.0, 10.0], trained=False)}
    assert spreads(dead)["dead"].variance == spreads(THREE)["relu"].variance


def test_rows_that_did_not_train_tell_nothing_of_single_runs_that_did():
    dead = {"dead": Sample.of([10.0, 10.1, 10.0], trained=False)}
    one = {**dead, "relu": Sample.of([80.0]), "elu": Sample.of([81.0])}
    assert spreads(one)["relu"] is None
    assert spreads(one)["dead"].variance == pytest.approx(np.var([10.0, 10.1, 10.0], ddof=1))
    assert scatter(one).kind == "unknown"
    assert scatter(dead).kind == "welch"
    noise = Noise(sd=1.0, df=4)
    assert (spreads(one, noise)["elu"].variance, scatter(one, noise).kind) == (1.0, "stated")


def test_a_row_of_one_run_has_all_rows_share_a_scatter_however_often_the_others_ran():
    mixed = {"relu": Sample.of([*RELU, 80.0, 81.0]), "elu": Sample.of([83.0])}
    assert scatter(mixed).kind == "pooled"
    # The five runs alone tell how far both scatter.
    assert between("elu", "relu", mixed).df == 4


def test_intervals_of_single_runs_beside_a_repeated_control_hold_the_truth_as_often_as_they_say():
    drawn, inside = np.random.default_rng(4), 0
    for _ in range(2000):
        samples = {"control": Sample.of(drawn.normal(0, 1, 5).tolist())}
        samples["row"] = Sample.of([drawn.normal()])
        low, high = between("row", "control", samples).interval()
        inside += low <= 0 <= high
    assert 0.94 <= inside / 2000 <= 0.96


def test_by_welch_a_single_run_borrows_from_nobody():
    mixed = {**THREE, "silu": Sample.of([85.0])}
    assert between("elu", "relu", mixed, variance="welch") == between(
        "elu", "relu", THREE, variance="welch"
    )
    assert math.isnan(between("silu", "relu", mixed, variance="welch").error)
    assert scatter(mixed, variance="welch").sd is None
    # What the config states of single runs is known apart from all rows.
    noise = Noise(sd=1.0, df=4, source="five repeats")
    found = between("silu", "relu", mixed, variance="welch", noise=noise)
    parts = 1.0, np.var(RELU, ddof=1) / 3
    assert found.error == pytest.approx(math.sqrt(sum(parts)))
    assert found.df == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 4 + parts[1] ** 2 / 2))
    known = scatter(mixed, noise, "welch")
    assert (known.kind, known.sd, known.df) == ("welch", 1.0, 4)


def test_runs_that_happen_to_agree_are_known_no_better_than_the_images_allow():
    same = {"a": Sample.of([80.0, 80.0], images=200), "b": Sample.of([82.0, 82.0], images=200)}
    found = between("b", "a", same)
    assert found.error == pytest.approx(math.sqrt((sampling(80, 200) + sampling(82, 200)) / 2))
    assert sampling(80, 200) == pytest.approx(100**2 * 0.8 * 0.2 / 200)
    assert found.above(0) > 0.2


def test_rows_that_are_all_right_on_few_images_are_not_alike():
    samples = {name: Sample.of([100.0, 100.0, 100.0], images=60) for name in ("relu", "gelu")}
    found = between("gelu", "relu", samples)
    assert found.error == pytest.approx(math.sqrt(2 / 3 * sampling(59.5 / 60 * 100, 60)))
    assert sampling(0, 60) == pytest.approx(sampling(100, 60))


def test_without_any_scatter_unequal_means_decide():
    same = {"a": Sample.of([80.0, 80.0]), "b": Sample.of([82.0, 82.0])}
    found = between("b", "a", same)
    assert (found.above(0), found.below(0), found.interval()) == (0, 1, (2, 2))


def test_holm_is_the_one_of_textbooks():
    # Holm 1979; the same numbers as R's p.adjust(c(.01, .04, .03, .005), "holm").
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.01, math.nan, 0.03])[::2] == pytest.approx([0.02, 0.03])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_mcnemar_is_the_exact_binomial_test():
    row = np.array([True] * 30 + [False] * 10 + [True] * 60)
    control = np.array([False] * 12 + [True] * 88)
    found = same_images(row, control, seed=3)
    b, c = int((row & ~control).sum()), int((control & ~row).sum())
    assert (found.only_row, found.only_control, found.images, found.seed) == (b, c, 100, 3)
    assert found.p == pytest.approx(stats.binomtest(b, b + c, 0.5).pvalue)
    assert found.low < b - c < found.high
    assert same_images(row, row, 0).p == 1


def test_power_is_that_of_the_noncentral_t():
    error, df = math.sqrt(2 / 5), 8
    found = detectable(error, df)
    critical = stats.t.ppf(0.975, df)
    assert 1 - stats.nct.cdf(critical, df, found / error) == pytest.approx(0.8, abs=1e-6)
    n = seeds_needed(1.0, 1.0, 2.0, rows=2)
    assert n == 17  # the textbook's number for an effect of one sd
    assert seeds_needed(1.0, 1.0, 2.0, rows=2, tests=5) > n
    assert seeds_needed(0.001, 1.0, 2.0, rows=2) is None


def test_seeds_for_alike_reach_their_power():
    n = seeds_needed_alike(1.0, 1.0, 2.0, rows=2)
    drawn = np.random.default_rng(0).normal(size=(4000, 2, n))
    means, sds = drawn.mean(2), np.sqrt(drawn.var(2, ddof=1).mean(1))
    d, error = means[:, 0] - means[:, 1], sds * math.sqrt(2 / n)
    inside = (1 - np.abs(d)) / error > stats.t.ppf(0.975, 2 * (n - 1))
    assert 0.78 < inside.mean() < 0.9


def test_the_share_of_the_images_sampling():
    drawn = np.random.default_rng(0)
    # Every image is a coin of its own: all of the scatter over seeds is sampling.
    coins = drawn.random((200, 2000)) < drawn.random(2000)
    images, whole = shares(coins)
    assert images / whole == pytest.approx(1, abs=0.25)
    # Whole networks that are better or worse: next to none is.
    better = drawn.random((200, 2000)) < drawn.choice([0.4, 0.8], (200, 1))
    images, whole = shares(better)
    assert images / whole < 0.02
    assert whole == pytest.approx(np.var(better.mean(1), ddof=1))


@pytest.mark.parametrize("variance", ["pooled", "welch"])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_intervals_hold_the_truth_as_often_as_they_say(variance, n):
    drawn = np.random.default_rng(n).normal(0, 1, (1500, 4, n))
    inside = 0
    for rows in drawn:
        samples = {str(at): Sample.of(row.tolist()) for at, row in enumerate(rows)}
        low, high = between("0", "1", samples, variance=variance).interval()
        inside += low <= 0 <= high
    # Conservative for few runs: Welch's is, and a row that looks wild keeps its own scatter.
    assert 0.935 <= inside / len(drawn) <= (0.98 if variance == "pooled" else 0.995)


def test_the_interval_of_single_runs_holds_the_truth_where_the_noise_is_redrawn():
    drawn = np.random.default_rng(1)
    inside = 0
    for _ in range(2000):
        repeats = drawn.normal(0, 1, 5)
        noise = Noise(sd=float(repeats.std(ddof=1)), df=4)
        samples = {"a": Sample.of([drawn.normal()]), "b": Sample.of([drawn.normal()])}
        low, high = between("a", "b", samples, noise=noise).interval()
        inside += low <= 0 <= high
    assert 0.935 <= inside / 2000 <= 0.965


@pytest.mark.parametrize(("truth", "n"), [(0.0, 3), (1.5, 3), (0.5, 5)])
def test_the_probability_of_improvement_lies_in_its_interval_as_often_as_it_says(truth, n):
    drawn = np.random.default_rng(2)
    expected = stats.norm.cdf(truth / math.sqrt(2))
    inside = 0
    for _ in range(600):
        a, b = drawn.normal(truth, 1, n), drawn.normal(0, 1, n)
        samples = {"a": Sample.of(a.tolist()), "b": Sample.of(b.tolist())}
        variance = spreads(samples, variance="pooled")["a"].variance
        _, low, high = improvement(between("a", "b", samples, variance="pooled"), 2 * variance)
        inside += low <= expected <= high
    assert 0.925 <= inside / 600 <= 0.975


@pytest.mark.parametrize("ns", [(5, 20), (20, 5)])
def test_so_it_does_of_rows_that_ran_unequally_often_and_scatter_unequally(ns):
    drawn, inside = np.random.default_rng(5), 0
    expected = stats.norm.cdf(2 / math.sqrt(10))
    for _ in range(1500):
        a, b = drawn.normal(2, 3, ns[0]), drawn.normal(0, 1, ns[1])
        row, control = Sample.of(a.tolist()), Sample.of(b.tolist())
        rows = [RowRuns("b", "b", None, control, control), RowRuns("a", "a", "b", row, row)]
        [found] = comparisons(rows, None, "auto", 1.0)
        inside += found.improvement[1] <= expected <= found.improvement[2]
    assert 0.94 <= inside / 1500 <= 0.97


def test_the_interval_on_the_same_images_holds_the_truth_as_often_as_it_says():
    drawn = np.random.default_rng(3)
    inside = 0
    for _ in range(2000):
        kinds = drawn.choice(4, 400, p=[0.7, 0.1, 0.06, 0.14])
        found = same_images(np.isin(kinds, [0, 1]), np.isin(kinds, [0, 2]), 0)
        inside += found.low <= 4 <= found.high
    assert 0.94 <= inside / 2000 <= 0.965


def test_no_scatter_leaves_no_doubt_of_an_improvement():
    assert improvement(Estimate(1.0, 0.0, 4.0), 0.0) == (1, 1, 1)


def test_the_interval_of_a_mean_is_students_over_its_own_runs():
    low, high = stats.t.interval(0.95, 2, 81.0, stats.sem([80.0, 81.0, 82.0]))
    assert half_width(Sample.of([80.0, 81.0, 82.0])) == pytest.approx((high - low) / 2)
    noise = Noise(sd=1.0, df=4)
    assert half_width(Sample.of([80.0]), noise) == pytest.approx(stats.t.ppf(0.975, 4))
    assert math.isnan(half_width(Sample.of([80.0])))
    assert math.isnan(half_width(Sample.of([]), noise))


def test_the_interval_of_runs_that_agree_is_that_of_the_test_images():
    agreeing = half_width(Sample.of([80.0, 80.0], images=400))
    assert agreeing == pytest.approx(stats.t.ppf(0.975, 1) * 2 / math.sqrt(2))
    assert half_width(Sample.of([80.0, 80.0])) == 0
