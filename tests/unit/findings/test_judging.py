"""Every kind of claim, confirmed, contradicted, undecided and not measured, from made-up runs."""

import math

import pytest

from ablate.findings import judging
from ablate.findings.judging import Number, quantity_key
from ablate.findings.sample import Sample
from ablate.requests.findings import AskedClaim, ClaimingStudy, Referent
from ablate.requests.study import AskedRow
from ablate.settings.claims import Claim as Written
from ablate.settings.study import Noise, Repeated

NOISE = Noise(sd=1.0, df=4, source="five repeats")


def written(**said):
    return Written.model_validate({"says": "So it is.", **said})


def claim(name="one", reported=None, repeated=(), **said):
    asked = written(**said)
    rows = [row for c in asked.comparisons for row in c.references]
    referents = {
        row: Referent(
            label=row, members=(), reported=(reported or {}).get(row), repeated=row in repeated
        )
        for row in rows
    }
    return AskedClaim(
        name=name,
        says=asked.says,
        comparisons=tuple(asked.comparisons),
        matters=asked.matters,
        referents=referents,
    )


def verdicts(claims, found, rows=(), **said):
    """The verdicts on these claims of a study with these rows besides."""
    rows = tuple(AskedRow(name=row, run=row, seeds=()) for row in rows)
    study = ClaimingStudy(name="study", title="", rows=rows, claims=tuple(claims), **said)
    nothing = {
        (quantity_key(comparison.of), row): Number(
            Sample.of([]), reason=f"{row} has no finished run"
        )
        for one in claims
        for comparison in one.comparisons
        for row in comparison.references
    }
    return judging.verdicts(study, nothing | found)


def numbers(of, values, last=None, **others):
    """Numbers of rows under one measure, from their values over seeds."""
    key = next(iter(claim(**of).comparisons))
    found = {}
    for row, runs in values.items():
        later = Sample.of((last or values)[row]) if key.of.name == "accuracy" else None
        found[quantity_key(key.of), row] = Number(
            Sample.of(runs), later, tuple(range(len(runs))), **others.get(row, {})
        )
    return found


def judged(said, values, study=None, **how):
    return verdicts([claim(**said)], numbers(said, values, **how), **(study or {}))[0]


def around(mean):
    return [mean - 0.4, mean, mean + 0.4]


HIGH, MIDDLE, LOW = around(85), around(80), around(75)
ABC = {"a": HIGH, "b": MIDDLE, "c": LOW}
REVERSED = {"a": LOW, "b": MIDDLE, "c": HIGH}
EQUAL = {"a": around(80.1), "b": around(80), "c": around(79.9)}

KINDS = {
    "order": {"order": ["a", "b", "c"]},
    "order by": {"order": ["a", "b", "c"], "by": 2},
    "best": {"best": "a", "among": ["b", "c"]},
    "top": {"top": ["a", "b"], "above": ["c"]},
    "contrast": {"contrast": {"a": 2, "b": -1, "c": -1}},
    "best of": {"best_of": [["a", "b"], ["c"]]},
    "at least": {"at_least": {"a": 82}, "also": [{"order": ["b", "c"]}]},
    "at most": {"at_most": {"c": 78}, "also": [{"order": ["a", "b"]}]},
    "epochs": {"of": {"name": "epochs_to", "train_accuracy": 99}, "order": ["a", "b", "c"]},
    "band": {"of": {"name": "band", "of": "loss_band", "value": "width"}, "order": ["a", "b", "c"]},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_is_confirmed_contradicted_or_undecided(kind):
    said = KINDS[kind]
    if kind in ("at least", "at most"):
        wrong = REVERSED
        unclear = {"a": [81.0, 83.2, 82.0], "b": MIDDLE, "c": [77.0, 79.1, 78.0]}
    else:
        wrong, unclear = REVERSED, EQUAL
    if kind != "order by":
        assert judged(said, unclear).verdict == "undecided"
    assert judged(said, ABC).verdict == "confirmed"
    assert judged(said, wrong).verdict == "contradicted"


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_whose_rows_are_not_all_there_is_not_measured(kind):
    found = judged(KINDS[kind], {"a": HIGH, "b": MIDDLE} if kind != "at least" else {"a": HIGH})
    assert found.verdict == "not measured"
    assert found.reason.endswith(" has no finished run")
    assert found.effect is None


@pytest.mark.parametrize(
    ("said", "confirmed", "contradicted", "undecided"),
    [
        ({"alike": ["a", "b"], "within": 2}, (80.2, 80), (85, 80), (81.9, 80)),
        ({"about": 5, "difference": ["a", "b"], "within": 2}, (85, 80), (80, 80), (87, 80)),
        ({"best_of": [["a"], ["b"]], "within": 2}, (80, 80.2), (80, 85), (80, 82)),
    ],
)
def test_alike_and_about(said, confirmed, contradicted, undecided):
    for verdict, means in (
        ("confirmed", confirmed),
        ("contradicted", contradicted),
        ("undecided", undecided),
    ):
        values = dict(zip("ab", map(around, means), strict=True))
        assert judged(said, values).verdict == verdict


def test_undecided_never_means_alike():
    wide = {"a": [75.0, 80.0, 85.0], "b": [76.0, 80.0, 84.0]}
    assert judged({"order": ["a", "b"]}, wide).verdict == "undecided"
    assert judged({"alike": ["a", "b"], "within": 2}, wide).verdict == "undecided"


def test_collapsed_rows():
    said = {"collapsed": ["a", "b"]}
    at = {"a": [10.0, 10.0], "b": [10.0, 10.0]}
    both = {row: {"collapsed": 2} for row in "ab"}
    assert judged(said, at, **both).verdict == "confirmed"
    assert judged(said, at, a={"collapsed": 2}).verdict == "contradicted"
    some = judged(said, at, a={"collapsed": 2}, b={"collapsed": 1})
    assert some.verdict == "undecided"
    assert some.last is None
    assert judged(said, {"a": [10.0]}).verdict == "not measured"


def test_collapsed_rows_beside_rows_that_are_compared():
    alive, dead = {"a": HIGH}, {"dead": [10.0, 10.1, 9.9]}
    first = {"collapsed": ["dead"], "also": [{"order": ["a", "dead"], "by": 10}]}
    last = {"order": ["a", "dead"], "by": 10, "also": [{"collapsed": ["dead"]}]}
    for said in (first, last):
        found = judged(said, alive | dead, dead={"collapsed": 3})
        assert (found.verdict, found.measured[:16]) == ("confirmed", "a > dead by 10? ")
        assert found.p > 0
        none = judged(said, alive | dead)
        assert (none.verdict, none.measured) == (
            "contradicted",
            "dead: 0 of 3 runs at chance",
        )
        some = judged(said, alive | dead, dead={"collapsed": 1})
        assert (some.verdict, some.measured) == ("undecided", "dead: 1 of 3 runs at chance")
        assert judged(said, {"a": LOW, "dead": HIGH}, dead={"collapsed": 3}).verdict == (
            "contradicted"
        )


def test_what_is_counted_decides_by_itself():
    said = {"of": "parameters", "order": ["a", "b"]}
    assert judged(said, {"a": [2.0], "b": [1.0]}).verdict == "confirmed"
    found = judged(said, {"a": [1.0], "b": [1.0]})
    assert (found.verdict, found.p, found.reason) == ("contradicted", None, "")
    more = judged({"of": "flops", "order": ["a", "b", "c"]}, {"a": [9.0], "b": [3.0], "c": [2.0]})
    assert (more.verdict, more.measured) == ("confirmed", "b > c? +1.00")
    assert [(link.holds, link.reversed) for link in more.links] == [(0, 1), (0, 1)]


def test_what_is_counted_decides_its_links_beside_others():
    counted = {"of": "parameters", "order": ["a", "b"]}
    tested = {"order": ["a", "b"]}
    values = {"a": [85.0], "b": [80.0]}
    sizes = numbers(counted, {"a": [2.0], "b": [1.0]})

    def beside(first, second, numbers_of, **study):
        return verdicts([claim(**first, also=[second])], numbers_of, **study)

    for pair in ((counted, tested), (tested, counted)):
        known = sizes | numbers(tested, values)
        [found] = beside(*pair, known, noise=NOISE)
        assert (found.verdict, found.measured[:8]) == ("confirmed", "a > b? +")
        assert found.effect == pytest.approx(5)
        [reversed_] = beside(
            *pair, numbers(counted, {"a": [1.0], "b": [2.0]}) | numbers(tested, values)
        )
        assert (reversed_.verdict, reversed_.effect) == ("contradicted", -1)
        # As little as without what is counted can be said, and no test is made.
        [unknown] = beside(*pair, known)
        assert (unknown.verdict, unknown.p) == ("undecided", None)
        assert unknown.reason == "one run a row, and how far single runs scatter here is not known"


def test_single_runs_decide_only_by_a_stated_noise():
    values = {"a": [85.0], "b": [80.0]}
    found = judged({"order": ["a", "b"]}, values)
    assert (found.verdict, found.p) == ("undecided", None)
    assert found.reason == "one run a row, and how far single runs scatter here is not known"
    noisy = judged({"order": ["a", "b"]}, values, {"noise": NOISE})
    assert noisy.verdict == "confirmed"
    beside = judged({"order": ["a", "b"]}, {"a": [85.0], "b": LOW}, {"variance": "welch"})
    assert (beside.verdict, beside.p) == ("undecided", None)
    assert beside.reason == "a row of one run, which tells no scatter of its own (variance: welch)"
    less = judged({"order": ["a", "b"]}, {"a": [83.8], "b": [80.0]}, {"noise": NOISE})
    assert less.verdict == "undecided"
    # The noise is that of accuracy and of nothing else.
    losses = judged({"of": "train_loss", "order": ["a", "b"]}, values, {"noise": NOISE})
    assert losses.verdict == "undecided"


def test_holm_stands_over_the_claims_of_a_study():
    said = {"order": ["a", "b"]}
    values = {"a": [81.4, 82.0, 82.6], "b": [79.4, 80.0, 80.6]}
    alone = verdicts([claim(**said)], numbers(said, values))
    assert alone[0].verdict == "confirmed"
    many = [claim(**said), *(claim(f"c{at}", order=["b", "c"]) for at in range(9))]
    more = {**values, "c": [79.5, 80.1, 80.4]}
    pooled = {"rows": ("a", "b", "c")}
    one = verdicts(many[:1], numbers(said, more), **pooled)[0]
    among = verdicts(many, numbers(said, more), **pooled)[0]
    assert among.p == pytest.approx(10 * one.p)


def test_a_verdict_that_the_last_epoch_does_not_bear_out_is_fragile():
    found = judged({"order": ["a", "b"]}, {"a": HIGH, "b": LOW}, last={"a": LOW, "b": HIGH})
    assert (found.verdict, found.last, found.fragile) == ("confirmed", "contradicted", True)
    assert not judged({"order": ["a", "b"]}, {"a": HIGH, "b": LOW}).fragile


def test_the_reports_own_numbers_are_judged_by_its_own_noise():
    said = {"order": ["a", "b"], "reported": {"a": 82.0, "b": 80.0}}
    repeats = Repeated(row="study/b", mean=77.0, n=5)
    setting = {"reported_noise": NOISE.model_copy(update={"repeated": repeats})}
    found = judged(said, {"a": HIGH, "b": LOW}, setting)
    assert (found.reported_order, found.reported_verdict) == ("yes", "undecided")
    assert found.reported_effect == pytest.approx(2)
    repeated = judged({**said, "repeated": ["b"]}, {"a": HIGH, "b": LOW}, setting)
    # 82 from one run against 77 from five.
    assert repeated.reported_verdict == "confirmed"
    assert (
        judged(
            {"order": ["b", "a"], "reported": said["reported"]}, {"a": HIGH, "b": LOW}
        ).reported_order
        == "no"
    )
    collapsed = claim(collapsed=["a"], reported={"a": 10.0})
    assert verdicts([collapsed], {}, **setting)[0].reported_order == "yes"
    assert judged({"order": ["a", "b"]}, {"a": HIGH, "b": LOW}, setting).reported_order is None


def test_the_deciding_link_and_the_power_are_told():
    found = judged({"order": ["a", "b", "c"]}, {"a": HIGH, "b": around(78), "c": LOW})
    assert found.effect == pytest.approx(3)
    assert found.low < 3 < found.high
    assert [link.text for link in found.links] == ["a > b", "b > c"]
    assert 0 < found.detectable < 3
    assert found.seeds_for_matters > 2
    reported = {"a": 90.0, "b": 80.0, "c": 70.0}
    large = judged({"order": ["a", "b", "c"], "reported": reported}, ABC)
    assert large.seeds_for_reported <= large.seeds_for_matters


def test_flags_and_seeds_are_carried_along():
    found = judged({"order": ["a", "b"]}, ABC, a={"flags": "diverged 1 of 3"})
    assert found.flags == ["a: diverged 1 of 3"]
    assert (found.n, found.seeds) == (3, [0, 1, 2])
    assert math.isclose(found.sd_ratio, 1)
