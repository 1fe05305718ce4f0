"""How the benchmark takes turns, counts arithmetic and writes what it found."""

import csv
import json
import re
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from ablate.errors import AblateError
from ablate.models import cost
from ablate.planning import requests
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from benchmarks import (
    arithmetic,
    cases,
    images,
    jobs,
    render,
    throughput,
    turns,
    whole_report,
)
from benchmarks.cases import settings
from benchmarks.conditions import Machine
from benchmarks.rows import Measures, Rows, digits, read
from benchmarks.switches import Switches
from benchmarks.turns import Pace, Timed

CPU = torch.device("cpu")
ONE_STEP = Pace(seconds=0, turns=3, warm_up=1)
TINY = {"model": {"name": "vgg_a", "width": 0.03125}, "optimizer": {"name": "SGD", "lr": 0.1}}
CONDITIONS = {
    *("device", "cores", "threads", "fast_bf16", "torch", "python", "load", "measured", "git"),
    *("precision", "batches_timed", "warm_up_batches", "turns", "workers", "data"),
}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)
    before = Switches.now()
    yield
    before.put()


class Noting:
    """A contestant that notes its steps, and whether cuDNN's benchmark was on meanwhile."""

    precision = "fp32"

    def __init__(self, name: str, wants: bool, seen: list) -> None:
        torch.backends.cudnn.benchmark = wants
        self.name, self.seen = name, seen

    def steps(self):
        while True:
            self.seen.append((self.name, torch.backends.cudnn.benchmark))
            yield


def test_contestants_take_turns_there_and_back():
    seen = []
    starts = {name: lambda name=name: Noting(name, False, seen) for name in "ab"}
    timed = turns.contest(starts, CPU, ONE_STEP)
    order = "".join(name for name, _ in seen)
    # One step at the start, one to find the length; then turns of one warm-up and one timed step.
    assert order == "ab" + "ab" + "aabb" + "bbaa" + "aabb"
    assert [len(timed[name].step_seconds) for name in "ab"] == [3, 3]
    assert timed["a"].steps == 1


def test_each_turn_has_the_switches_that_its_contestant_set():
    seen = []
    starts = {"on": lambda: Noting("on", True, seen), "off": lambda: Noting("off", False, seen)}
    turns.contest(starts, CPU, ONE_STEP)
    assert set(seen) == {("on", True), ("off", False)}


def test_a_start_leaves_out_what_the_benchmark_itself_loads(monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(turns, "now", lambda device: next(clock))
    monkeypatch.setattr(Switches, "put", lambda switches: next(clock))
    runner = turns.Runner("one", lambda: Noting("one", False, []), CPU)
    assert runner.timed.start_seconds == 1


def test_a_ratio_is_the_median_of_the_turns_ratios():
    ours = Timed(None, 0, 1, [1.0, 2.0, 4.0])
    peer = Timed(None, 0, 1, [3.0, 2.0, 20.0])
    assert turns.times_as_fast(ours, peer) == 3.0
    assert ours.median == 2.0


@pytest.mark.parametrize(
    ("network", "gflop"),
    [
        ("resnet18", 0.84),
        ("resnet34", 1.74),
        ("resnet18 without max-pool", 3.33),
        ("resnet34 without max-pool", 6.95),
        ("vgg_a", 0.92),
    ],
)
def test_a_training_image_costs_three_forward_passes_less_the_first_layers(network, gflop):
    run = settings(network, 128)
    counted = arithmetic.flop_per_image(run)
    assert counted / 1e9 == pytest.approx(gflop, rel=0.01)
    first = 2 * 3 * 9 * 64 * 32 * 32  # multiply-adds counted twice, of the first convolution
    assert counted == 3 * cost.count(run.model, 10, (32, 32))[1] - first


def test_the_limit_leaves_torchs_switches_as_they_are(monkeypatch):
    monkeypatch.setattr(arithmetic, "SECONDS", 0.01)
    monkeypatch.setitem(arithmetic.SIDE, "cpu", 32)
    before = Switches.now()
    assert arithmetic.limit("tf32", CPU) > 0
    assert Switches.now() == before


@pytest.fixture
def found(tmp_path, monkeypatch) -> Path:
    """The CSV of a contest of ours and two peers on a tiny network."""
    monkeypatch.setattr(throughput, "limit_of", lambda precision, device: 1e9)
    monkeypatch.setitem(cases.NETWORKS, "tiny", TINY)
    data, machine = images.noise(64, 10), Machine(CPU, 1)
    out = Rows(tmp_path / "throughput.csv")
    peers = ("ours", "strong", "stock")
    throughput.measure([("tiny", 16)], peers, data, machine, ONE_STEP, 1, out)
    return out.path


def test_throughput_is_written_with_its_conditions(found):
    with found.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["contestant"] for row in rows] == ["ours", "strong", "stock"]
    assert set(rows[0]) >= CONDITIONS
    ours, _, stock = rows
    assert float(ours["ours_times_as_fast"]) == 1
    assert (ours["precision"], stock["precision"]) == ("fp32", "fp32")
    speed, seconds = float(stock["images_per_second"]), float(stock["step_seconds"])
    assert speed * seconds == pytest.approx(16, rel=2e-3)
    share = speed * 1e9 * float(stock["train_gflop_per_image"]) / 1e9
    assert float(stock["share_of_limit"]) == pytest.approx(share, rel=0.01)
    assert float(stock["slowest"]) <= speed <= float(stock["fastest"])


def test_tables_stand_between_their_markers(found, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- throughput -->\nold\n<!-- /throughput -->\nafter\n")
    for _ in range(2):
        render.main(["--results", str(found.parent), "--into", str(page)])
    text = page.read_text()
    assert text.startswith("before\n<!-- throughput -->\nMeasured ")
    assert text.endswith("|\n<!-- /throughput -->\nafter\n")
    assert "old" not in text
    assert text.count("| tiny | 16 | ") == 3


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="<!-- bf16 -->"):
        render.put("nothing here", "bf16", "table")


def test_single_measures_have_their_conditions(tmp_path):
    out = Measures(tmp_path / "workflow.csv", lambda: {"device": "some", "load": 0.5})
    out.add("dry run", "seeds: 1", 1.23456, "s", "under 2", "median of 3")
    out.add("job", "outside training", 4, "s")
    first, second = read(tmp_path / "workflow.csv")
    assert (first["value"], first["target"], first["device"]) == ("1.23", "under 2", "some")
    assert (second["value"], second["target"]) == ("4", "")


def test_digits_keep_the_significant_ones():
    assert [digits(n) for n in (12345.6, 0.000123456, 3.0)] == ["12350", "0.0001235", "3"]


def plan(**config) -> Plan:
    """A plan of two rates of one kind of training, and of another kind that is probed."""
    recipe = {**TINY, "schedule": None, "batch_size": 16, "epochs": 3}
    rows = {"one": {}, "other": {"set": {"optimizer.lr": 0.2}}}
    plain = {"model.batch_norm": True, "optimizer": {"name": "SGD", "lr": 0.1}}
    probed = {"one": {"set": {**plain, "epochs": None, "steps": 7}}}
    study = {"title": "t", "section": "1", "question": "q", "recipe": "tiny"}
    return Plan(
        {
            "presets": {"paper": {}},
            "data": {"source": "synthetic", "train": 70, "test": 30},
            "observers": {"line_probe": {"every": 4}},
            "recipes": {"tiny": recipe},
            "studies": {
                "plain": {**study, "rows": rows},
                "probed": {**study, "observers": ["loss", "line_probe"], "rows": probed},
            },
            **config,
        }
    )


def test_the_report_is_summed_from_a_slice_of_each_kind_of_training(tmp_path):
    out = Rows(tmp_path / "report.csv")
    planned = plan(seeds=[0, 1])
    whole_report.measure(planned, images.noise(64, 20), Machine(CPU, 1), ONE_STEP, out)
    one, other, probed = out.rows
    assert [row["run"] for row in out.rows] == list(planned.runs)
    assert [(row["steps"], row["evaluations"]) for row in out.rows] == [(15, 3), (15, 3), (7, 2)]
    assert one["step_seconds"] == other["step_seconds"] != probed["step_seconds"]
    assert probed["steps_timed"] % 4 == 0
    for row in out.rows:
        parts = row["steps"] * float(row["step_seconds"])
        parts += row["evaluations"] * float(row["evaluation_seconds"])
        assert float(row["seconds"]) == pytest.approx(parts, rel=1e-3)
    assert whole_report.total(out) == pytest.approx(
        sum(2 * float(row["seconds"]) for row in out.rows)
    )


def test_a_kind_that_fails_is_said_and_the_others_are_timed(tmp_path, monkeypatch, capsys):
    def timed(run, observers, *about):
        if len(observers) > 1:
            raise RuntimeError("CUDA error: no kernel image\nmore")
        return {"step": 0.5, "evaluation": 1.0, "start": 2.0, "steps": 3}

    monkeypatch.setattr(whole_report, "timed", timed)
    out = Rows(tmp_path / "report.csv")
    measure = partial(whole_report.measure, plan(), images.noise(64, 20), Machine(CPU, 1), ONE_STEP)
    *fine, probed = plan().runs
    with pytest.raises(AblateError, match=f"1 of the runs could not be timed: {re.escape(probed)}"):
        measure(out)
    assert [row["run"] for row in out.rows] == fine
    assert f"failed     {probed}: CUDA error: no kernel image\n" in capsys.readouterr().out
    only = Rows(tmp_path / "only.csv")
    measure(only, fine[1])
    assert [row["run"] for row in only.rows] == [fine[1]]


def metadata(folder: Path, name: str, **said) -> None:
    path = folder / ".snakemake" / "metadata" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"rule": "train", **said}))


def test_a_job_runs_from_its_first_start_to_its_last_output(tmp_path):
    metadata(tmp_path, "one", shellcmd="train a", starttime=1.0, endtime=4.0)
    metadata(tmp_path, "@long/name", shellcmd="train a", starttime=1.5, endtime=6.0)
    metadata(tmp_path, "two", shellcmd="train b", starttime=5.0, endtime=7.0)
    metadata(tmp_path, "three", shellcmd="train c", starttime=10.0, endtime=11.0)
    ran = jobs.jobs(tmp_path)
    assert [(job.command, job.seconds) for job in ran] == [
        ("train a", 5.0),
        ("train b", 2.0),
        ("train c", 1.0),
    ]
    assert jobs.covered(ran) == 7.0


def test_a_training_says_itself_how_long_it_trained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    planned = plan()
    product = Products(planned)[f"runs/{next(iter(planned.runs))}/seed0"]
    asked = requests.write(requests.of(product, planned.results))
    product.record.parent.mkdir(parents=True)
    product.record.write_text('{"seconds": 12.5}')
    command = f"python client.py ablate.steps.train --request {asked} >> train.log 2>&1"
    monkeypatch.chdir("/")
    assert jobs.Job("train", command, 0, 20).training_seconds(tmp_path) == 12.5
