"""What it costs to look on: training VGG-A with observers and without."""

from functools import partial

from ablate.data.dataset import Dataset
from ablate.settings.observers import Observers
from benchmarks.cases import settings
from benchmarks.conditions import Machine
from benchmarks.contestants.ours import Contestant
from benchmarks.rows import Measures
from benchmarks.task import Task
from benchmarks.turns import Pace, Timed, contest, times_as_fast

SERIES = Observers().asked(["loss", "gradients"])
PROBE = [{"name": "line_probe", "every": 1}]
SGD = {"name": "SGD", "lr": 0.1}


def measure(data: Dataset, machine: Machine, pace: Pace, batch_size: int, out: Measures) -> None:
    """The share of a step that loss and gradients take, and a probe's cost in steps.

    In fp32 throughout, which is what a run whose gradients are measured trains in.
    """
    how = f"VGG-A, batch {batch_size}, fp32, median of {pace.turns} turns"
    series = cost(settings("vgg_a", batch_size, precision="fp32"), SERIES, data, machine, pace)
    out.add(
        "observers", "loss and gradients, share of a step", series, "steps", "at most 0.05", how
    )
    plain = settings("vgg_a", batch_size, precision="fp32", optimizer=SGD)
    probe = cost(plain, PROBE, data, machine, pace)
    out.add("observers", "line probe, a call", probe, "steps", "", how)


def cost(run, observers: list[dict], data: Dataset, machine: Machine, pace: Pace) -> float:
    """How much longer a step takes with these observers, in steps without them."""
    task = Task(run, data, machine.device, machine.threads)
    starts = {"with": partial(Contestant, task, observers), "without": partial(Contestant, task)}
    timed: dict[str, Timed] = contest(starts, machine.device, pace)
    return times_as_fast(timed["without"], timed["with"]) - 1
