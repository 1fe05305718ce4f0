"""What every contestant is given: the same settings, images, device and first weights."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ablate import models
from ablate.data.dataset import Dataset
from ablate.settings import Run


@dataclass(frozen=True)
class Task:
    """threads: of computation on a CPU. workers: processes that load data, where a peer has any."""

    settings: Run
    data: Dataset
    device: torch.device
    threads: int = 1
    workers: int = 2

    @property
    def batch_size(self) -> int:
        return self.settings.batch_size

    @property
    def crops_and_flips(self) -> bool:
        """Whether images are cropped from 4 pixels of padding and flipped; else they stay as is."""
        return bool(self.settings.augmentation.transforms)

    @property
    def statistics(self) -> tuple[list[float], list[float]]:
        """Mean and standard deviation of the channels, by which images are normalised."""
        by = self.settings.normalize
        if by == "dataset":
            return list(self.data.manifest.mean), list(self.data.manifest.std)
        return [by.mean] * 3, [by.std] * 3

    def network(self) -> nn.Module:
        """The network with its first weights, on the CPU."""
        torch.manual_seed(0)
        return models.build(self.settings.model, len(self.data.manifest.classes))

    def optimizer(self, network: nn.Module, **how: Any) -> torch.optim.Optimizer:
        """torch's optimizer over the network's parameters; `how`: more of its arguments."""
        asked = self.settings.optimizer
        kind = getattr(torch.optim, asked.name)
        return kind(network.parameters(), **asked.arguments, **how)
