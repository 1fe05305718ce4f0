"""How the benchmark finds out how many runs one device should train at a time."""

import os
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import images, neighbours, render
from benchmarks.cases import settings
from benchmarks.conditions import Machine
from benchmarks.neighbours import Sharing
from benchmarks.rows import Rows, read

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
CONTROL = """#!/bin/sh
echo "$1|$(cat)|$CUDA_MPS_PIPE_DIRECTORY" >> {log}
"""


def line(runs, times, mps=False, threads=1):
    return {"runs": runs, "threads": threads, "mps": mps, "times_one": str(times)}


def fail():
    raise ValueError("out of memory")


def fail_in_the_last(barrier, threads):
    if barrier.wait() == barrier.parties - 1:
        barrier.abort()
        fail()
    barrier.wait()


def fail_within(context):
    with context:
        fail()


def test_a_cpu_is_shared_by_its_divisors_and_a_card_by_numbers_of_runs(monkeypatch):
    ways = neighbours.sharings(CPU, 6)
    assert ways == [Sharing(1, 6), Sharing(2, 3), Sharing(3, 2), Sharing(6, 1)]
    monkeypatch.setattr(neighbours.shutil, "which", lambda name: None)
    assert neighbours.sharings(CUDA, 6) == [Sharing(n) for n in neighbours.GPU_RUNS]
    monkeypatch.setattr(neighbours.shutil, "which", lambda name: f"/bin/{name}")
    assert Sharing(4, mps=True) in neighbours.sharings(CUDA, 6)
    assert Sharing(1, mps=True) not in neighbours.sharings(CUDA, 6)


def test_the_fewest_runs_of_those_as_good_as_the_best_are_advised():
    # By the geometric mean: 2 runs 1.5, 3 runs 1.98, 4 runs 2.0.
    rows = [line(1, 1), line(1, 1), line(2, 1), line(2, 2.25), line(3, 1.98), line(3, 1.98)]
    rows += [line(4, 4), line(4, 1)]
    way, times = neighbours.best(rows)
    assert way == Sharing(3)
    assert times == pytest.approx(1.98)
    assert neighbours.best([line(1, 1), line(2, 0.8)])[0] == Sharing(1)
    found = neighbours.best([line(1, 1), line(2, 1.2), line(2, 1.8, mps=True)])
    assert neighbours.advice(CUDA, found).startswith("gpu_slots: 2 with MPS (1.80 times")
    assert neighbours.advice(CPU, (Sharing(2, 3), 1.1)).startswith("--cores 6 and threads: 3 ")


def test_ratios_are_taken_within_a_round():
    found = neighbours.row(Sharing(2), [[3.0, 3.0], [1.0, 2.0], [4.0, 4.0]], [[6.0], [2.0], [4.0]])
    assert (found["images_per_second"], found["times_one"]) == ("6", "1.5")
    assert (found["slowest_run"], found["fastest_run"]) == ("1", "4")


def test_runs_train_at_once_and_their_rates_are_written_and_rendered(tmp_path, monkeypatch):
    out = Rows(tmp_path / "neighbours.csv")
    load = partial(images.noise, 512, 16)
    ways = [Sharing(1, 2), Sharing(2, 1)]
    monkeypatch.setitem(neighbours.ROUNDS, "cpu", 1)
    case = ("vgg_a", 0.03125, 32)
    neighbours.measure([case], ways, load, Machine(CPU, 2), 0.2, 1, out)
    alone, shared = read(out.path)
    assert (alone["runs"], alone["threads"], alone["times_one"]) == ("1", "2", "1")
    assert (shared["runs"], shared["threads"]) == ("2", "1")
    total = float(shared["images_per_second"])
    parts = float(shared["slowest_run"]) + float(shared["fastest_run"])
    assert total == pytest.approx(parts, rel=1e-2)
    shown = render.table("neighbours", read(out.path))
    assert f"| vgg_a | 0.03125 | 32 | 2 | 1 | False | {shared['images_per_second']} |" in shown
    assert "threads" not in shown.splitlines()[0], "what a column says is no condition of all rows"


def test_a_run_that_fails_leaves_no_other_waiting():
    barrier = threading.Barrier(2)
    with pytest.raises(ValueError, match="out of memory"):
        neighbours._train(settings("vgg_a", 32), fail, CPU, 0.2, 1, barrier, 1)
    with pytest.raises(threading.BrokenBarrierError):
        barrier.wait()


def test_what_made_a_run_fail_is_said_whichever_it_was():
    with pytest.raises(ValueError, match="out of memory"):
        neighbours.side_by_side(Sharing(3), fail_in_the_last)


def test_the_service_is_started_apart_and_always_stopped(tmp_path, monkeypatch):
    log = tmp_path / "log"
    control = tmp_path / neighbours.MPS
    control.write_text(CONTROL.format(log=log))
    control.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", "/elsewhere")
    monkeypatch.delenv("CUDA_MPS_LOG_DIRECTORY", raising=False)
    with pytest.raises(ValueError, match="out of memory"):
        fail_within(neighbours.mps())
    place = log.read_text().partition("\n")[0].rpartition("|")[2]
    assert log.read_text().splitlines() == [f"-d||{place}", f"|quit|{place}"]
    assert place != "/elsewhere"
    assert os.environ["CUDA_MPS_PIPE_DIRECTORY"] == "/elsewhere"
    assert "CUDA_MPS_LOG_DIRECTORY" not in os.environ
