"""Which seeds are advised first, and which rows moved."""

import pytest

from ablate.findings.advice import Ask, Wish, steps
from ablate.findings.moved import moved
from ablate.findings.sample import Sample
from ablate.findings.spread import Noise

CHEAP = Ask("cheap", 1, 10.0, [Wish("a", 3), Wish("b", 3), Wish("c", 11)])
DEAR = Ask("dear", 1, 100.0, [Wish("d", 3)])


def test_most_claims_a_second_come_first():
    found = steps([DEAR, CHEAP])
    assert [(one.study, one.seeds, one.claims, one.seconds) for one in found] == [
        ("cheap", 3, ("a", "b"), 20.0),
        ("cheap", 11, ("c",), 80.0),
        ("dear", 3, ("d",), 200.0),
    ]


def test_what_does_not_fit_into_the_hours_is_left_out():
    assert [one.claims for one in steps([DEAR, CHEAP], 50)] == [("a", "b")]
    assert [one.claims for one in steps([DEAR, CHEAP], 220)] == [("a", "b"), ("c",)]
    assert steps([DEAR], 100) == []


def test_rows_that_moved_beyond_noise_are_told_from_those_that_did_not():
    before = {"a": Sample.of([80.0, 80.4, 79.7]), "b": Sample.of([70.0, 70.5, 69.6])}
    after = {"a": Sample.of([84.0, 84.3, 83.6]), "b": Sample.of([70.2, 70.6, 69.9])}
    after["c"] = Sample.of([50.0])
    said = {row.row: row.said for row in moved(before, after)}
    assert said == {"a": "moved", "b": "not beyond noise", "c": "only here"}


@pytest.mark.parametrize(
    ("noise", "said"), [(None, "one run"), (Noise(1.0, 4), "not beyond noise")]
)
def test_single_runs_move_beyond_noise_only_where_it_is_known(noise, said):
    before, after = {"a": Sample.of([80.0])}, {"a": Sample.of([81.0])}
    assert moved(before, after, noise)[0].said == said
    assert moved(before, before)[0].said == "alike"
