"""Which seeds are advised first, and which rows moved."""

from ablate.findings.advice import Place, Wish, steps
from ablate.findings.moved import moved
from ablate.findings.sample import Sample

PLACES = {
    "cheap": Place(1, {"default": 6.0, "other": 4.0}),
    "dear": Place(1, {"default": 6.0, "slow": 94.0}),
}


def wish(claim, seeds, *places):
    return Wish(claim, seeds, frozenset(places))


CHEAP = [wish("a", 3, "cheap"), wish("b", 3, "cheap"), wish("c", 11, "cheap")]
DEAR = [wish("d", 3, "dear")]


def test_most_claims_a_second_come_first():
    found = steps([*DEAR, *CHEAP], PLACES)
    assert [(one.places, one.seeds, one.claims, one.seconds) for one in found] == [
        (("cheap",), 3, ("a", "b"), 20.0),
        (("cheap",), 11, ("c",), 80.0),
        # The default is trained already.
        (("dear",), 3, ("d",), 188.0),
    ]


def test_a_claim_over_several_places_needs_seeds_in_each():
    [found] = steps([wish("across", 2, "cheap", "dear")], PLACES)
    assert (found.places, found.claims) == (("cheap", "dear"), ("across",))
    assert found.seconds == 104.0  # the default that they share is trained once
    first, then = steps([wish("across", 3, "cheap", "dear"), *DEAR], PLACES)[:1], 3
    assert (first[0].claims, first[0].seeds) == (("across", "d"), then)


def test_what_does_not_fit_into_the_hours_is_left_out():
    assert [one.claims for one in steps(CHEAP, PLACES, 50)] == [("a", "b")]
    assert [one.claims for one in steps([*DEAR, *CHEAP], PLACES, 220)] == [("a", "b"), ("c",)]
    assert steps(DEAR, PLACES, 100) == []


def test_rows_that_moved_beyond_noise_are_told_from_those_that_did_not():
    before = {"a": Sample.of([80.0, 80.4, 79.7]), "b": Sample.of([70.0, 70.5, 69.6])}
    after = {"a": Sample.of([84.0, 84.3, 83.6]), "b": Sample.of([70.2, 70.6, 69.9])}
    after["c"] = Sample.of([50.0])
    said = {row.row: row.said for row in moved(before, after)}
    assert said == {"a": "moved", "b": "not beyond noise", "c": "only here"}


def test_how_far_single_runs_move_by_luck_is_not_known():
    before, after = {"a": Sample.of([80.0])}, {"a": Sample.of([81.0])}
    assert moved(before, after)[0].said == "one run"
    assert moved(before, before)[0].said == "alike"
