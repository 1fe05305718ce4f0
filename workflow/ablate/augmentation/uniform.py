"""From uniform numbers in [0, 1) to what a transform needs."""

from torch import Tensor


def between(u: Tensor, low: float, high: float) -> Tensor:
    """Uniform in [low, high), of u's shape."""
    return low + u * (high - low)


def whole(u: Tensor, count: int | Tensor) -> Tensor:
    """Uniform among 0 .. count - 1, int64 of u's shape.

    torch draws multiples of 2**-24, the largest of which times any count rounds to less than count.
    """
    return (u * count).long()


def per_image(values: Tensor) -> Tensor:
    """[B] as [B, 1, 1, 1], to act on images [B, C, H, W]."""
    return values[:, None, None, None]
