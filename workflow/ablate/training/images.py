"""How a run's images come to lie on its device, all of them for the whole run."""

import numpy as np
import torch
from torch import Tensor

from ablate.data.dataset import Dataset
from ablate.errors import AblateError
from ablate.training.device import Device

AT_ONCE = 4096  # images on their way to the device


def on_device(
    images: np.ndarray, labels: np.ndarray, device: Device, places: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The images at these places (all of them, unless told) pixel by pixel, and their labels.

    images: uint8 [n, 3, height, width]. Returns uint8 [places, height, width, 3] and int64
    [places]. A part at a time, so that neither the host nor the card ever holds them twice.
    """
    count, channels, height, width = images.shape
    places = torch.arange(count) if places is None else places
    source = torch.from_numpy(images)
    placed = torch.empty(
        (len(places), height, width, channels), dtype=torch.uint8, device=device.torch_device
    )
    for start in range(0, len(places), AT_ONCE):
        part = source[places[start : start + AT_ONCE]]
        placed[start : start + AT_ONCE].copy_(part.permute(0, 2, 3, 1))
    chosen = torch.from_numpy(labels.astype(np.int64))[places]
    return placed, chosen.to(device.torch_device)


def check_room(data: Dataset, device: Device) -> None:
    """Refuse images that a card cannot hold, before anything is copied to it.

    Raises:
        AblateError: they take more than the card has free.
    """
    if device.type != "cuda":
        return
    needed = data.train_images.nbytes + data.test_images.nbytes
    free, _ = torch.cuda.mem_get_info(device.torch_device)
    if needed > free:
        raise AblateError(
            f"the images take {needed / 1e9:.1f} GB, and {device.name} has {free / 1e9:.1f} GB "
            "free: training keeps them all on the card. Make them smaller (data.resize), take "
            "fewer (data.train_images), or a card with more memory."
        )
