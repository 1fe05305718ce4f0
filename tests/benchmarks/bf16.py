"""Whether bf16 pays on this device, network by network, and whether `precision: auto` knows."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import torch

from ablate.data.dataset import Dataset
from ablate.models import cost
from ablate.training import precision
from benchmarks.cases import settings
from benchmarks.conditions import Machine
from benchmarks.contestants.ours import Contestant
from benchmarks.rows import Row, Rows, digits
from benchmarks.task import Task
from benchmarks.turns import Pace, contest, times_as_fast

# Network, width, batch size: as in the report, at half of its width, in the demo, narrower still.
CASES = (
    ("resnet34", 1.0, 128),
    ("resnet18 without max-pool", 1.0, 128),
    ("vgg_a", 1.0, 128),
    ("resnet34", 1.0, 16),
    ("resnet34", 0.5, 128),
    ("vgg_a", 0.5, 128),
    ("resnet34", 0.125, 32),
    ("resnet18 without max-pool", 0.125, 32),
    ("vgg_a", 0.125, 32),
    ("resnet34", 0.03125, 32),
)


def measure(
    cases: Iterable[tuple[str, float, int]],
    data: Dataset,
    machine: Machine,
    pace: Pace,
    out: Rows,
) -> None:
    """Time our own training in fp32 and in bf16 on each (network, width, batch size)."""
    for network, width, batch_size in cases:
        model = settings(network, batch_size).resolved()["model"] | {"width": width}
        task_in = partial(in_precision, network, batch_size, model, data, machine)
        starts = {name: partial(Contestant, task_in(name)) for name in ("fp32", "bf16")}
        conditions = machine.columns()
        timed = contest(starts, machine.device, pace)
        flop = cost.count(task_in("auto").settings.model, 10, data.manifest.size)[1]
        found: Row = {
            "network": network,
            "width": width,
            "batch_size": batch_size,
            "forward_mflop": digits(flop / 1e6),
            "fp32_images_per_second": digits(batch_size / timed["fp32"].median),
            "bf16_images_per_second": digits(batch_size / timed["bf16"].median),
            "bf16_times_as_fast": digits(times_as_fast(timed["bf16"], timed["fp32"]), 3),
            "auto": precision.choose("auto", machine.device, (), flop),
            "turns": pace.turns,
        }
        out.add(found | conditions)
        print(
            f"{network:>26} width {width:<7} batch {batch_size:<4} "
            f"bf16 is {found['bf16_times_as_fast']:>5} times as fast; auto takes {found['auto']}",
            flush=True,
        )


def in_precision(
    network: str,
    batch_size: int,
    model: dict[str, Any],
    data: Dataset,
    machine: Machine,
    asked: str,
) -> Task:
    """The task in this precision."""
    changed = settings(network, batch_size, model=model, precision=asked)
    return Task(changed, data, torch.device(machine.device), machine.threads)
