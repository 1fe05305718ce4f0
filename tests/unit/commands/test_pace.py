"""What `ablate plan` says of hours."""

import json
from pathlib import Path

import pytest

from ablate import cli
from ablate.commands import pace
from ablate.commands.pace import Pace, Timed
from ablate.planning.plan import Plan
from ablate.runs import travel
from ablate.runs.glance import Glance
from ablate.settings import Run, written

ROOT = Path(__file__).parents[3]
CARD = Pace(
    [
        Timed("resnet34", 32, 4e7, seconds=2e-3, finished="2024-01-01"),
        Timed("resnet34", 32, 4e7, seconds=1e-3, finished="2024-02-01"),
        Timed("resnet34", 4, 4e7, seconds=5e-3, finished="2024-03-01"),
        Timed("resnet50", 32, 1e7, seconds=4e-3, finished="2024-04-01"),
        Timed("vgg_a", 32, 1e8, seconds=1e-3, finished="2024-05-01"),
    ],
    "by finished runs",
)


def network(name: str, batch: int = 32) -> Run:
    return Run.model_validate({"model": {"name": name}, "batch_size": batch})


@pytest.mark.parametrize(
    ("run", "flop", "seconds"),
    [
        (network("resnet34"), 4e7, 1.0),  # the later of two alike
        (network("resnet34", 4), 4e7, 5.0),
        (network("resnet34"), 8e7, 2.0),  # in proportion to its arithmetic
        (network("resnet101"), 1e7, 4.0),  # the same kind, as large
        (network("vgg_19"), 2e8, 2.0),
        (network("resnet101"), 1e8, 2.5),  # never by another kind, however alike in size
    ],
    ids=["latest", "batch", "larger", "deeper", "kind", "never another kind"],
)
def test_a_run_is_told_by_the_one_most_like_it(run, flop, seconds):
    assert CARD.seconds(run, flop, 1000) == pytest.approx(seconds)


def test_what_it_says_is_held_against_what_has_been(here):
    assert CARD.off is None  # of four one cannot say
    before = [Timed("vgg_a", 32, 1e8, 1e-3, f"2024-01-0{day}") for day in range(1, 5)]
    after = [Timed("vgg_a", 32, 1e8, 3e-3, f"2024-02-0{day}") for day in range(1, 5)]
    assert Pace(before + after, "").off == pytest.approx(1)
    doubling = [Timed("vgg_a", 32, 1e8, 2.0**day, f"2024-01-0{day}") for day in range(1, 8)]
    assert Pace(doubling, "").off == pytest.approx(2)


def finish(plan: Plan, run: str, seed: int = 0, shared: bool = False) -> None:
    folder = plan.results.run(run, seed)
    folder.mkdir(parents=True)
    record = {
        "format": 1,
        "device": "card",
        "settings": plan.runs[run].settings,
        "flops": 10**9,
        "images_per_second": 500.0,
        "shared_device": shared,
    }
    (folder / "training.json").write_text(json.dumps(record))


def test_plan_tells_the_hours_from_the_seconds_of_finished_runs(here, capsys):
    plan = Plan(written.read(here / "config.yaml"))
    for run, seed in plan.trainings()[:3]:
        finish(plan, run, seed)
    found = pace.of_finished(plan)
    assert found.source.startswith("by 3 finished runs on card")
    stem = plan.studies["stem"].rows["conv3x3_stride1"].training.run
    assert found.seconds(stem, 1e9, 50_000 * 50) == pytest.approx(5000)
    cli.main(["plan"])
    assert "by 3 finished runs on card" in " ".join(capsys.readouterr().out.split())


def test_plan_says_that_runs_which_shared_a_card_took_longer_for_it(here, capsys):
    plan = Plan(written.read(here / "config.yaml"))
    (one, _), (other, _), (third, _) = plan.trainings()[:3]
    finish(plan, one)
    cli.main(["plan"])
    assert "so many trainings at a time, so much less" in " ".join(capsys.readouterr().out.split())
    finish(plan, other, shared=True)
    finish(plan, third, shared=True)
    cli.main(["plan"])
    said = " ".join(capsys.readouterr().out.split())
    assert "2 of these shared the device, and alone they take less." in said
    assert "so much less" not in said


def test_plan_says_of_which_networks_no_finished_run_tells(here, capsys):
    plan = Plan(written.read(here / "config.yaml"))
    models = {plan.runs[run].run.model.name for run, _ in plan.trainings()}
    vggs = [name for name in sorted(models) if name.startswith("vgg")]
    resnet = next(r for r, _ in plan.trainings() if plan.runs[r].run.model.name == "resnet34")
    finish(plan, resnet)
    cli.main(["plan"])
    guess = " ".join(capsys.readouterr().out.split())
    assert f"No finished run tells of the kind of {' and '.join(vggs)}: the hours" in guess
    finish(plan, next(r for r, _ in plan.trainings() if plan.runs[r].run.model.name == vggs[0]))
    cli.main(["plan"])
    assert "No finished run tells" not in capsys.readouterr().out


def test_each_network_of_ones_own_is_of_a_kind_of_its_own():
    known = Pace([Timed("mine.Net", 32, 1e8, 1e-3)], "")
    assert known.guessed(["mine.Net", "mine.Other", "vgg_a"]) == ["mine.Other", "vgg_a"]


@pytest.fixture(scope="module")
def published():
    """The published runs in the order in which they finished."""
    found = {}
    for path in travel.archives(ROOT / "report/reference/laptop"):
        found |= travel.packed(path)
    records = [Glance.model_validate_json(run.record) for run in found.values()]
    return sorted(records, key=lambda record: record.finished)


@pytest.mark.parametrize("finished", [80, 100, 120, 140, 160])
def test_the_hours_that_remained_were_told_to_within_a_third(published, finished):
    known, remaining = Pace([Timed.of(r) for r in published[:finished]], ""), published[finished:]
    told = sum(
        known.seconds(
            network(r.settings["model"]["name"], r.settings["batch_size"]),
            r.flops,
            r.seconds * r.images_per_second,
        )
        for r in remaining
    )
    assert 2 / 3 < told / sum(r.seconds for r in remaining) < 4 / 3


def test_plan_times_a_step_where_nothing_is_finished(here):
    config = {**written.read(here / "config.yaml"), "preset": "demo"}
    found = pace.measured(Plan(config))
    assert {one.model for one in found.timed} >= {"resnet152", "vgg_a", "vgg_19"}
    for one in found.timed:
        assert 1e6 < one.flop / one.seconds < 1e14


@pytest.mark.parametrize(
    ("seconds", "said"), [(90, "0.025"), (3600, "1"), (35_000, "9.7"), (86_400, "24")]
)
def test_hours_have_two_digits(seconds, said):
    assert pace.hours(seconds) == said
