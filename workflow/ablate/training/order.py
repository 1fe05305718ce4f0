"""What is drawn for an epoch: it depends on the seed and the epoch, and on nothing else."""

import hashlib

import torch
from torch import Tensor


def generator(purpose: str, seed: int, epoch: int) -> torch.Generator:
    """A CPU generator for one purpose, seed and epoch; no two share their numbers."""
    digest = hashlib.sha256(f"{purpose} {seed} {epoch}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)


def order(images: int, seed: int, epoch: int) -> Tensor:
    """The order in which an epoch shows its images: a permutation, int64 [images]."""
    return torch.randperm(images, generator=generator("order", seed, epoch))
