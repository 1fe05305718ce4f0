"""The competent peer: what torch's performance guide advises. Workers, bf16, channels_last."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.contestants.per_image import PerImage
from benchmarks.task import Task


class Contestant:
    """Images are loaded by worker processes into pinned memory and copied while it computes."""

    precision = "bf16"

    def __init__(self, task: Task) -> None:
        torch.backends.cudnn.benchmark = True
        self.device = task.device
        self.loader = DataLoader(
            PerImage(task),
            batch_size=task.batch_size,
            shuffle=True,
            num_workers=task.workers,
            pin_memory=self.device.type == "cuda",
            persistent_workers=True,
        )
        self.network = task.network().to(self.device, memory_format=torch.channels_last)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = task.optimizer(self.network)

    def steps(self) -> Iterator[Tensor]:
        self.network.train()
        while True:
            for images, labels in self.loader:
                images = images.to(
                    self.device, non_blocking=True, memory_format=torch.channels_last
                )
                labels = labels.to(self.device, non_blocking=True)
                self.optimizer.zero_grad(set_to_none=True)
                with torch.autocast(self.device.type, torch.bfloat16):
                    loss = self.criterion(self.network(images), labels)
                loss.backward()
                self.optimizer.step()
                yield loss.detach()
