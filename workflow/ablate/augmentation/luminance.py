"""The grey of a colour."""

from torch import Tensor


def luminance(images: Tensor) -> Tensor:
    """RGB [B, 3, H, W] as grey [B, 1, H, W]: ITU-R BT.601's weights, rounded as in torchvision."""
    red, green, blue = images.split(1, dim=1)
    return 0.2989 * red + 0.587 * green + 0.114 * blue
