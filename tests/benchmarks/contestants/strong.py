"""The strong peer: written for small images. Data on the device, batched augmentation, eager."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.task import Task

PADDING = 4


class Contestant:
    """All images lie on the device; a whole batch is cropped and flipped at once."""

    precision = "bf16"

    def __init__(self, task: Task) -> None:
        torch.backends.cudnn.benchmark = True
        self.device = task.device
        self.batch_size = task.batch_size
        self.augment = task.crops_and_flips
        self.images = torch.from_numpy(task.data.train_images).to(self.device)
        if self.augment:
            self.images = functional.pad(self.images, [PADDING] * 4)
        self.labels = torch.from_numpy(task.data.train_labels).to(self.device)
        self.mean, self.std = (
            255 * torch.tensor(numbers, device=self.device).reshape(3, 1, 1)
            for numbers in task.statistics
        )
        self.network = task.network().to(self.device, memory_format=torch.channels_last)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = task.optimizer(self.network, fused=True)

    def steps(self) -> Iterator[Tensor]:
        self.network.train()
        while True:
            order = torch.randperm(len(self.labels), device=self.device)
            for chosen in order.split(self.batch_size):
                images, labels = self.batch(chosen), self.labels[chosen]
                self.optimizer.zero_grad(set_to_none=True)
                with torch.autocast(self.device.type, torch.bfloat16):
                    loss = self.criterion(self.network(images), labels)
                loss.backward()
                self.optimizer.step()
                yield loss.detach()

    def batch(self, chosen: Tensor) -> Tensor:
        """The chosen images [B], augmented and normalised: float32 [B, 3, 32, 32]."""
        images = self.images[chosen]
        if self.augment:
            images = crop_and_flip(images)
        images = images.contiguous(memory_format=torch.channels_last)
        return images.float().sub_(self.mean).div_(self.std)


def crop_and_flip(padded: Tensor) -> Tensor:
    """A random window of each padded image [B, 3, H + 8, W + 8], every other one mirrored."""
    n, device = len(padded), padded.device
    height, width = (side - 2 * PADDING for side in padded.shape[2:])
    top, left = torch.randint(0, 2 * PADDING + 1, (2, n, 1), device=device)
    rows = top + torch.arange(height, device=device)
    columns = left + torch.arange(width, device=device)
    flipped = torch.rand(n, 1, device=device) < 0.5
    columns = torch.where(flipped, columns.flip(1), columns)
    each = torch.arange(n, device=device)[:, None, None]
    return padded[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
