"""ColorJitter: brightness, contrast, saturation and hue, each image in an order of its own."""

import torch
from torch import Tensor

from ablate.augmentation.luminance import luminance
from ablate.augmentation.uniform import between, per_image, whole
from ablate.settings.augmentation import Jitter

BRIGHTNESS, CONTRAST, SATURATION = range(3)


class ColorJitter:
    """Jitters images [B, 3, H, W] in 0..1.

    Brightness, contrast and saturation are one operation with different partners: a blend of the
    image with black, with its mean grey or with its own grey. The hue turns once, after any number
    of the three: all 24 orders are equally likely.
    """

    stage, place = "colour", 1
    uniforms = 8

    def __init__(self, settings: Jitter) -> None:
        widths = (settings.brightness, settings.contrast, settings.saturation)
        self.ranges = [(max(0.0, 1 - width), 1 + width) for width in widths]
        self.hue = settings.hue

    def __call__(self, images: Tensor, u: Tensor) -> Tensor:
        factors = torch.stack([between(u[:, i], *self.ranges[i]) for i in range(3)], dim=1)
        order = u[:, 3:6].argsort(dim=1)
        if self.hue == 0:
            return blend_in_order(images, factors, order)
        turn, blends_before = between(u[:, 6], -self.hue, self.hue), whole(u[:, 7], 4)
        early = torch.arange(3, device=u.device) < blends_before[:, None]
        images = blend_in_order(images, factors, order, early)
        images = turn_hue(images, turn)
        return blend_in_order(images, factors, order, ~early)


def blend_in_order(
    images: Tensor, factors: Tensor, order: Tensor, act: Tensor | None = None
) -> Tensor:
    """Apply brightness, contrast and saturation by their `factors` [B, 3].

    order: int64 [B, 3], each image's order of the three.
    act: bool [B, 3], which places of the order are carried out; all without it.
    """
    factors = factors.gather(1, order)
    if act is not None:
        factors = torch.where(act, factors, 1.0)
    for place in range(3):
        operation, factor = per_image(order[:, place]), per_image(factors[:, place])
        grey = luminance(images)
        mean = grey.mean(dim=(2, 3), keepdim=True)
        partner = torch.where(operation == CONTRAST, mean, grey) * (operation != BRIGHTNESS)
        images = (factor * images).add_((1 - factor) * partner).clamp_(0, 1)
    return images


def turn_hue(images: Tensor, turn: Tensor) -> Tensor:
    """Turn the hue of images [B, 3, H, W] by `turn` [B] full circles, in HSV.

    With value V (the largest channel), chroma C (largest less smallest) and hue h in sixths of the
    circle, each channel is V - C clamp(min(k, 4 - k), 0, 1), k = (n + h) mod 6, n = 5, 3, 1.
    """
    red, green, blue = images.unbind(1)
    value = images.amax(1)
    chroma = value - images.amin(1)
    divisor = torch.where(chroma == 0, 1.0, chroma)
    hue = torch.where(
        value == red,
        (green - blue) / divisor,
        torch.where(value == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    hue = hue + 6 * turn[:, None, None]
    places = [(n + hue).remainder(6) for n in (5, 3, 1)]
    return torch.stack(
        [value - chroma * torch.minimum(k, 4 - k).clamp(0, 1) for k in places], dim=1
    )
