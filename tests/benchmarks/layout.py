"""What fp32 gains on this device from a layout of images in memory, and from a search for kernels.

ablate takes channels_last and lets cuDNN search for nothing; both are assumptions until a card has
answered. A step is forward and backward, eager, without TF32 and without an update: what a graph
would save does not differ between the four.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from ablate.data.dataset import Dataset
from ablate.training import precision
from benchmarks.cases import settings
from benchmarks.conditions import Machine
from benchmarks.rows import Rows, digits
from benchmarks.task import Task
from benchmarks.turns import Pace, contest

LAYOUTS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}


class Contestant:
    """One batch, again and again."""

    precision = "fp32"

    def __init__(self, task: Task, layout: str, search: bool) -> None:
        precision.set_up("fp32", ())
        torch.backends.cudnn.benchmark = search
        lying = LAYOUTS[layout]
        self.network = task.network().to(task.device, memory_format=lying)
        images, labels = task.data.train_images, task.data.train_labels
        batch = torch.from_numpy(images[: task.batch_size]).to(task.device).float().div_(255)
        self.images = batch.contiguous(memory_format=lying)
        self.labels = torch.from_numpy(labels[: task.batch_size]).to(task.device)

    def steps(self) -> Iterator[Tensor]:
        while True:
            self.network.zero_grad(set_to_none=True)
            loss = functional.cross_entropy(self.network(self.images), self.labels)
            loss.backward()
            yield loss.detach()


def measure(
    networks: Sequence[str],
    batch_sizes: Sequence[int],
    data: Dataset,
    machine: Machine,
    pace: Pace,
    out: Rows,
) -> None:
    """Time both layouts on each (network, batch size); on a card each with and without a search."""
    searches = (False, True) if machine.device.type == "cuda" else (False,)
    ways = [(layout, search) for layout in LAYOUTS for search in searches]
    for network, batch_size in [(n, b) for n in networks for b in batch_sizes]:
        task = Task(settings(network, batch_size), data, machine.device, machine.threads)
        starts = {f"{way}": partial(Contestant, task, *way) for way in ways}
        conditions = machine.columns()
        timed = contest(starts, machine.device, pace)
        for (layout, search), seen in zip(ways, timed.values(), strict=True):
            found = {
                "network": network,
                "batch_size": batch_size,
                "layout": layout,
                "search": search,
                "images_per_second": digits(batch_size / seen.median),
                "start_seconds": digits(seen.start_seconds, 3),
            }
            out.add(found | conditions)
            print(*found.values(), flush=True)
