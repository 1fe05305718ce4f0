"""The stock peer: a tutorial's loop. DataLoader's defaults, torch's arithmetic, `.item()`."""

from collections.abc import Iterator

from torch import nn
from torch.utils.data import DataLoader

from benchmarks.contestants import fp32_as_torch_has_it
from benchmarks.contestants.per_image import PerImage
from benchmarks.task import Task


class Contestant:
    """Images are loaded in the training's own process, as without `num_workers`."""

    def __init__(self, task: Task) -> None:
        self.device = task.device
        self.precision = fp32_as_torch_has_it(task.device)
        self.loader = DataLoader(PerImage(task), batch_size=task.batch_size, shuffle=True)
        self.network = task.network().to(self.device)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = task.optimizer(self.network)

    def steps(self) -> Iterator[float]:
        self.network.train()
        while True:
            for images, labels in self.loader:
                images, labels = images.to(self.device), labels.to(self.device)
                self.optimizer.zero_grad()
                loss = self.criterion(self.network(images), labels)
                loss.backward()
                self.optimizer.step()
                yield loss.item()
