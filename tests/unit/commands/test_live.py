"""`ablate status --live`: what trains, what waits, what failed."""

import io
import json
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from ablate import cli, locks
from ablate.commands import live, terminal
from ablate.commands.watch import Watch, called
from ablate.job import progress
from ablate.locks import Lock
from ablate.planning.plan import Plan
from ablate.planning.staleness import Staleness
from ablate.settings import written

ROOT = Path(__file__).parents[3]
ROW = {"train_loss": 1.5, "train_accuracy": 40.0, "test_accuracy": 38.25}


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """The demo's plan, of which nothing is built."""
    (tmp_path / "config.yaml").write_text((ROOT / "config.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return Plan({**written.read("config.yaml"), "preset": "demo"})


def log(plan, run, *lines):
    path = plan.results.log(f"runs/{run[0]}/seed{run[1]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["-- attempt 1, now, here", *lines]) + "\n")


@pytest.fixture
def building(plan):
    """A build that trains a run, is about to train one, has lost two and drawn no figure."""
    plan.results.lock.parent.mkdir(parents=True)
    first, second, third, fourth, *_ = plan.trainings()
    state = plan.results.state(*first)
    state.mkdir(parents=True)
    with Lock(plan.results.lock), Lock(state / locks.NAME):
        epochs = [{**ROW, "epoch": n, "seconds": 20.0} for n in (1, 2)]
        log(plan, first, *(progress.line(row, plan.runs[first[0]].run.epochs) for row in epochs))
        # However slow the machine, no second of its third epoch has passed.
        ahead = time.time() + 3600
        os.utime(plan.results.log(f"runs/{first[0]}/seed{first[1]}"), (ahead, ahead))
        log(plan, second)
        log(plan, third, progress.line(epochs[0], 5), "error: out of memory with batch_size 32")
        log(plan, fourth, progress.line(epochs[0], 5), "Killed")
        figure = plan.results.log("figures/curves")
        figure.parent.mkdir(parents=True)
        figure.write_text("error: no such file\n")
        yield plan


def test_runs_are_in_training_waiting_or_failed(building):
    view = Watch(building).look()
    names = [f"runs/{run}/seed{seed}" for run, seed in building.trainings()]
    assert view.builder.startswith("process ")
    assert [each.name for each in view.training] == names[:2]
    assert view.waiting == names[4:]
    failed = {name: said for name, said, _ in view.failed}
    assert failed[names[2]] == "error: out of memory with batch_size 32"
    assert failed[names[3]] == "Killed"
    assert failed["figures/curves"] == "error: no such file"
    assert view.done == 0
    assert view.left is None, "no run has told how long the others take"


def test_a_training_says_its_epoch_rate_and_time_left(building):
    told, starting = Watch(building).look().training
    images = building.data.training_images
    assert told.images_per_second == pytest.approx(images / 20.0)
    assert live.cells(told) == ("2 of 3 done", f"{images / 20:,.0f}", "20 s")
    assert live.cells(starting) == ("first epoch", "–", "–")


def test_the_builds_time_left_is_that_of_all_trainings_shared(building):
    watch = Watch(building)
    watch.rates = SimpleNamespace(seconds=lambda run, flop, images: 100.0)
    view = watch.look()
    yet_to_begin = len(view.waiting) + 1
    assert view.left == pytest.approx((20 + 100 * yet_to_begin) / 2)
    assert live.heading(view).endswith(f"trainings end in about {terminal.spoken(view.left)}")


def test_the_first_run_to_end_tells_how_long_the_others_take(building):
    watch = Watch(building)
    assert watch.look().left is None
    *_, (run, seed) = building.trainings()
    told = {
        "settings": {"model": {"name": "resnet34"}, "batch_size": 32},
        "images_per_second": 100.0,
        "flops": 10**9,
    }
    record = building.results.training(run, seed)
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"format": 1, **told}))
    assert watch.look().left is not None


def test_the_build_lasts_at_least_as_long_as_a_training_that_is_at_work(building):
    watch = Watch(building)
    watch.rates = SimpleNamespace(seconds=lambda run, flop, images: 0.0)
    assert watch.look().left == pytest.approx(20)


def test_what_is_made_meanwhile_is_done(building):
    watch = Watch(building)
    run, seed = building.trainings()[0]
    record = building.results.run(run, seed) / "training.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    view = watch.look()
    assert view.done == 1
    assert f"runs/{run}/seed{seed}" not in [each.name for each in view.training]


def test_what_a_build_made_before_anyone_looked_counts_as_done(building, monkeypatch):
    run, seed = building.trainings()[0]
    record = building.results.run(run, seed) / "training.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    due = Staleness.due
    monkeypatch.setattr(
        Staleness, "due", lambda self, name: due(self, name) and name != f"runs/{run}/seed{seed}"
    )
    view = Watch(building).look()
    assert view.done == 1
    # Of an earlier build it was not due.
    os.utime(record, (1, 1))
    assert Watch(building).look().done == 0


def test_a_failure_of_an_earlier_build_waits_to_be_tried_again(plan):
    run = plan.trainings()[0]
    log(plan, run, "error: out of memory")
    assert Watch(plan).look().failed, "nobody builds: it is the last that was heard of it"
    plan.results.lock.parent.mkdir(parents=True)
    path = plan.results.log(f"runs/{run[0]}/seed{run[1]}")
    os.utime(path, (1, 1))
    with Lock(plan.results.lock):
        view = Watch(plan).look()
    assert not view.failed
    assert f"runs/{run[0]}/seed{run[1]}" in view.waiting


def test_it_is_told_once_where_there_is_no_terminal(building, capsys):
    assert cli.main(["status", "--live", "--config", "preset=demo"]) == 0
    said = capsys.readouterr().out
    assert "being built by process" in said
    assert "2 of 3 done" in said
    assert "error: out of memory with batch_size 32" in said
    assert "90 trainings waiting" in said


def test_names_are_those_of_studies(plan):
    names = called(plan)
    assert set(names) == {f"runs/{run}/seed{seed}" for run, seed in plan.trainings()}
    assert "stem/conv3x3_stride1, seed 0" in names.values()


def test_ctrl_c_ends_it_cleanly(building, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(live.time, "sleep", interrupted)
    console = Console(force_terminal=True, file=io.StringIO())
    assert live.show(building, console) == 0
    assert "in training" in console.file.getvalue()
