"""Runs side by side on one device: how many of them train the most images a second together."""

import contextlib
import math
import multiprocessing
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from threading import Barrier, BrokenBarrierError

import torch

from ablate.data.dataset import Dataset
from ablate.settings import Run
from benchmarks.cases import settings
from benchmarks.clock import now
from benchmarks.conditions import Machine
from benchmarks.contestants.ours import Contestant
from benchmarks.rows import Row, Rows, digits
from benchmarks.task import Task

# Network, width, batch size: what the report trains longest, and on a CPU the demo's as well.
CASES = (
    ("resnet34", 1.0, 16),
    ("resnet34", 1.0, 128),
    ("resnet18 without max-pool", 1.0, 128),
    ("vgg_a", 1.0, 128),
)
CPU_CASES = (*CASES, ("resnet34", 0.125, 32), ("vgg_a", 0.125, 32))
GPU_RUNS = (1, 2, 3, 4, 6, 8)
# Every second round runs backwards. A CPU's neighbours come and go; a card is lent whole.
ROUNDS = {"cpu": 3, "cuda": 1}
# Of sharings as good as this, the one with the fewest runs: each costs memory.
ALIKE = 0.97
MPS = "nvidia-cuda-mps-control"


@dataclass(frozen=True)
class Sharing:
    """How a device is shared.

    runs: processes at a time. threads: of each, on a CPU. mps: whether kernels of several processes
    may run at once (NVIDIA's Multi-Process Service); without it they take turns on the card.
    """

    runs: int
    threads: int = 1
    mps: bool = False


def sharings(device: torch.device, cores: int) -> list[Sharing]:
    """What is compared, one run with the whole device first.

    On CUDA some runs at a time, with MPS as well where the machine has it; on a CPU the ways to
    divide its cores evenly.
    """
    if device.type == "cuda":
        shared = [Sharing(runs, mps=True) for runs in GPU_RUNS[1:]] if shutil.which(MPS) else []
        return [*(Sharing(runs) for runs in GPU_RUNS), *shared]
    return [Sharing(runs, cores // runs) for runs in range(1, cores + 1) if cores % runs == 0]


def measure(
    cases: Iterable[tuple[str, float, int]],
    ways: Sequence[Sharing],
    load: Callable[[], Dataset],
    machine: Machine,
    seconds: float,
    warm_up: int,
    out: Rows,
) -> None:
    """Time each case (network, width, batch size) under each way to share the device.

    load: what a process gets its images by. seconds: for which all runs of a case train together,
    after `warm_up` steps of each.
    """
    rounds = ROUNDS[machine.device.type]
    for network, width, batch_size in cases:
        changes = {"model": settings(network, batch_size).resolved()["model"] | {"width": width}}
        run = settings(network, batch_size, **changes)
        train = partial(_train, run, load, machine.device, seconds, warm_up)
        rates: dict[Sharing, list[list[float]]] = {way: [] for way in ways}
        for number in range(rounds):
            for way in ways if number % 2 == 0 else ways[::-1]:
                rates[way].append(side_by_side(way, train))
        case: Row = {"network": network, "width": width, "batch_size": batch_size}
        about = {"seconds": seconds, "rounds": rounds}
        found = [case | row(way, rates[way], rates[ways[0]]) | about for way in ways]
        out.add(*(machine.columns() | each for each in found))
        for each in found:
            print(line(each), flush=True)
    print(advice(machine.device, best(out.rows)), flush=True)


def row(way: Sharing, rates: list[list[float]], alone: list[list[float]]) -> Row:
    """One way to share: images a second of each run, round by round, beside those of one run."""
    together = [sum(of_runs) for of_runs in rates]
    ratios = [sum(ours) / sum(one) for ours, one in zip(rates, alone, strict=True)]
    return {
        **asdict(way),
        "images_per_second": digits(statistics.median(together)),
        "times_one": digits(statistics.median(ratios), 3),
        "slowest_run": digits(min(map(min, rates))),
        "fastest_run": digits(max(map(max, rates))),
    }


def side_by_side(way: Sharing, train: Callable[[Barrier, int], float]) -> list[float]:
    """What `train(barrier, threads)` returns in each of so many processes at once.

    Raises:
        Exception: what made the first of them fail; the others are told at the barrier.
    """
    spawn = multiprocessing.get_context("spawn")
    service = mps() if way.mps else contextlib.nullcontext()
    with service, spawn.Manager() as manager, ProcessPoolExecutor(way.runs, spawn) as pool:
        barrier = manager.Barrier(way.runs)
        runs = [pool.submit(train, barrier, way.threads) for _ in range(way.runs)]
        failed = [run.exception() for run in runs if run.exception()]
        # A broken barrier says only that another run has failed.
        for error in sorted(failed, key=lambda error: isinstance(error, BrokenBarrierError)):
            raise error
        return [run.result() for run in runs]


def _train(
    run: Run,
    load: Callable[[], Dataset],
    device: torch.device,
    seconds: float,
    warm_up: int,
    barrier: Barrier,
    threads: int,
) -> float:
    """Train for so many seconds once all have warmed up; images a second."""
    try:
        torch.set_num_threads(threads)
        steps = Contestant(Task(run, load(), device, threads)).steps()
        rate(steps, device, warm_up, 0)
        barrier.wait()
        return run.batch_size * rate(steps, device, warm_up, seconds)
    except BaseException:
        # The others would wait for this one for ever.
        barrier.abort()
        raise


def rate(steps: Iterator, device: torch.device, bundle: int, seconds: float) -> float:
    """Steps a second, taken in bundles until the seconds have passed; one bundle at least.

    The device is waited for after each bundle, or the host would run ahead of the clock.
    """
    began, taken = now(device), 0
    while not taken or now(device) - began < seconds:
        for _ in range(bundle):
            next(steps)
        taken += bundle
    return taken / (now(device) - began)


@contextlib.contextmanager
def mps() -> Iterator[None]:
    """NVIDIA's Multi-Process Service for the processes started meanwhile, apart from any other."""
    with tempfile.TemporaryDirectory() as folder:
        places = dict.fromkeys(("CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_LOG_DIRECTORY"), folder)
        before = {name: os.environ.get(name) for name in places}
        os.environ.update(places)
        try:
            subprocess.run([MPS, "-d"], check=True)
            try:
                yield
            finally:
                subprocess.run([MPS], input="quit\n", text=True, check=True)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def best(rows: Sequence[Row]) -> tuple[Sharing, float]:
    """The way to share that suits the cases, and how many times as fast as one run it is.

    By the geometric mean over the cases; of those within three percent of the fastest, the one with
    the fewest runs.
    """
    ratios: dict[Sharing, list[float]] = {}
    for row in rows:
        way = Sharing(row["runs"], row["threads"], row["mps"])
        ratios.setdefault(way, []).append(float(row["times_one"]))
    means = {way: math.exp(math.fsum(map(math.log, r)) / len(r)) for way, r in ratios.items()}
    good = [way for way, mean in means.items() if mean >= ALIKE * max(means.values())]
    chosen = min(good, key=lambda way: (way.runs, way.mps))
    return chosen, means[chosen]


def advice(device: torch.device, found: tuple[Sharing, float]) -> str:
    """What to write into config.yaml."""
    way, times = found
    gain = f"{times:.2f} times the images a second of one run with the whole device"
    if device.type == "cuda":
        return f"gpu_slots: {way.runs}{' with MPS' if way.mps else ''} ({gain})"
    return f"--cores {way.runs * way.threads} and threads: {way.threads} ({gain})"


def line(found: Row) -> str:
    """A row as it is printed while the benchmark goes on."""
    return (
        f"{found['network']:>26} width {found['width']:<6} batch {found['batch_size']:<4} "
        f"{found['runs']} run(s), {found['threads']} thread(s){', MPS' if found['mps'] else ''}: "
        f"{found['images_per_second']:>8} images/s together, {found['times_one']} times one"
    )
