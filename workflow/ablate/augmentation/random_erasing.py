"""RandomErasing: blanks a rectangle."""

import math

import torch
from torch import Tensor

from ablate.augmentation.uniform import between, whole
from ablate.settings.augmentation import Erasing

TRIES = 10


class RandomErasing:
    """Sets a rectangle of each image [C, H, W] to `value` with probability p.

    Its share of the area is uniform in `scale`, its height over width log-uniform in `ratio`, its
    place uniform. The first of ten draws smaller than the image counts; if there is none the image
    stays whole.
    """

    stage, place = "normalised", 1
    uniforms = 3 + 2 * TRIES

    def __init__(self, settings: Erasing) -> None:
        self.p, self.scale, self.value = settings.p, settings.scale, settings.value
        self.log_ratio = [math.log(r) for r in settings.ratio]

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        rows, columns = images.shape[2:]
        top, left, height, width = self.rectangles(u, rows, columns)
        down = _span(top, height, rows)[:, :, None]
        across = _span(left, width, columns)[:, None, :]
        return images.masked_fill((down & across)[:, None], self.value)

    def rectangles(self, u: Tensor, rows: int, columns: int) -> tuple[Tensor, ...]:
        """Each image's rectangle: top, left, height, width, int64 [B]; height 0 where none is."""
        area = rows * columns * between(u[:, 3 : 3 + TRIES], *self.scale)
        ratio = between(u[:, 3 + TRIES :], *self.log_ratio).exp()
        height, width = (area * ratio).sqrt().round().long(), (area / ratio).sqrt().round().long()
        fits = (height < rows) & (width < columns)
        first = fits.int().argmax(dim=1, keepdim=True)
        acts = (u[:, 0] < self.p) & fits.any(dim=1)
        height, width = (side.gather(1, first).squeeze(1) * acts for side in (height, width))
        return whole(u[:, 1], rows - height + 1), whole(u[:, 2], columns - width + 1), height, width


def _span(start: Tensor, length: Tensor, size: int) -> Tensor:
    """bool [B, size]: which of 0 .. size - 1 lie in start .. start + length - 1."""
    place = torch.arange(size, device=start.device)
    return (place >= start[:, None]) & (place < (start + length)[:, None])
