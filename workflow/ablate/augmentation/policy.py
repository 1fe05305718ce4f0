"""The fourteen operations of RandAugment and TrivialAugmentWide, each image by one of its own.

They are torchvision's, of uint8 images, with its interpolation NEAREST and black fill. All images
of a batch pass through three kinds of computation, and each keeps the outcome of its own operation,
so that nothing is asked of the device.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from ablate.augmentation.luminance import luminance
from ablate.augmentation.uniform import per_image, whole

OPERATIONS = (
    *("Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness"),
    *("Color", "Contrast", "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize"),
)
PLACE = {name: number for number, name in enumerate(OPERATIONS)}


def magnitudes(
    bins: int, shear: float, right: float, down: float, turn: float, blend: float, bits: int
) -> Tensor:
    """The magnitude of each operation in each of its bins, float32 [14, bins].

    Args:
        shear, right, down, turn, blend: the greatest, in pixels and degrees; the least is 0.
        bits: how many of a value's 8 posterizing takes at most.
    """
    greatest = [0, shear, shear, right, down, turn, blend, blend, blend, blend]
    table = [torch.linspace(0.0, most, bins) for most in greatest]
    table.append(8 - (torch.arange(bins) / ((bins - 1) / bits)).round())
    return torch.stack([*table, torch.linspace(255.0, 0.0, bins), *torch.zeros(2, bins)])


def drawn(u: Tensor, magnitude: Tensor) -> tuple[Tensor, Tensor]:
    """An image's operation and signed magnitude.

    u: [B, 2], for the operation and the sign. magnitude: [B, 14], of each operation.
    """
    operation = whole(u[:, 0], len(OPERATIONS))
    chosen = magnitude.gather(1, operation[:, None])[:, 0]
    signed = _any_of(operation, "ShearX", "Sharpness")
    return operation, torch.where(signed & (u[:, 1] < 0.5), -chosen, chosen)


def apply(images: Tensor, operation: Tensor, magnitude: Tensor) -> Tensor:
    """Apply to each uint8 image [B, 3, H, W] its own operation, with its signed magnitude.

    operation: int64 [B], places in OPERATIONS. magnitude: float32 [B].
    """
    pixels = images.float()
    moved = _moved(pixels, operation, magnitude)
    blended = _blended(pixels, operation, magnitude)
    toned = _toned(pixels, operation, magnitude)
    for names, outcome in (
        (("ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate"), moved),
        (("Brightness", "Color", "Contrast", "Sharpness"), blended),
        (("Posterize", "Solarize", "AutoContrast", "Equalize"), toned),
    ):
        pixels = torch.where(per_image(_any_of(operation, *names)), outcome, pixels)
    return pixels.to(torch.uint8)


def _any_of(operation: Tensor, *names: str) -> Tensor:
    first, last = PLACE[names[0]], PLACE[names[-1]]
    return (operation >= first) & (operation <= last)


def _moved(pixels: Tensor, operation: Tensor, magnitude: Tensor) -> Tensor:
    """Shear, translate or rotate: each pixel is the one nearest to where it comes from.

    In torchvision images shear about their upper left corner, and turn about their centre.
    """
    height, width = pixels.shape[2:]
    zero = torch.zeros_like(magnitude)

    def of(name: str, value: Tensor, otherwise: Tensor) -> Tensor:
        return torch.where(operation == PLACE[name], value, otherwise)

    turn = of("Rotate", magnitude * (math.pi / 180), zero)
    shear_x, shear_y = of("ShearX", magnitude, zero), of("ShearY", magnitude, zero)
    right = of("TranslateX", magnitude.trunc(), zero)
    down = of("TranslateY", magnitude.trunc(), zero)
    # From a pixel of the outcome, counted from the centre, to where it comes from.
    matrix = [
        [turn.cos(), shear_x - turn.sin(), shear_x * (height / 2) - right],
        [shear_y + turn.sin(), turn.cos(), shear_y * (width / 2) - down],
    ]
    x = torch.arange(width, device=pixels.device) + 0.5 - width / 2
    y = torch.arange(height, device=pixels.device) + 0.5 - height / 2
    (a, b, c), (d, e, f) = ([term[:, None, None] for term in row] for row in matrix)
    from_x = a * x + b * y[:, None] + c
    from_y = d * x + e * y[:, None] + f
    grid = torch.stack([from_x / (width / 2), from_y / (height / 2)], dim=-1)
    return functional.grid_sample(pixels, grid, mode="nearest", align_corners=False)


def _blended(pixels: Tensor, operation: Tensor, magnitude: Tensor) -> Tensor:
    """Away by 1 + magnitude from black, its own grey, its mean grey, or itself blurred."""
    grey = luminance(pixels).floor()
    partner = torch.where(per_image(operation == PLACE["Color"]), grey, torch.zeros_like(pixels))
    mean = grey.mean(dim=(1, 2, 3), keepdim=True)
    partner = torch.where(per_image(operation == PLACE["Contrast"]), mean, partner)
    partner = torch.where(per_image(operation == PLACE["Sharpness"]), _blurred(pixels), partner)
    ratio = per_image(1 + magnitude)
    return (ratio * pixels + (1 - ratio) * partner).clamp(0, 255).floor()


def _blurred(pixels: Tensor) -> Tensor:
    """Smoothed by the kernel 1 1 1, 1 5 1, 1 1 1 over 13; the edge stays."""
    kernel = torch.ones(3, 1, 3, 3, device=pixels.device)
    kernel[:, :, 1, 1] = 5.0
    blurred = pixels.clone()
    inner = functional.conv2d(pixels, kernel / 13, groups=3).round()
    blurred[:, :, 1:-1, 1:-1] = inner
    return blurred


def _toned(pixels: Tensor, operation: Tensor, magnitude: Tensor) -> Tensor:
    """Map each value of a channel to another."""
    step = torch.exp2(8 - magnitude.trunc())
    toned = (pixels / per_image(step)).floor() * per_image(step)
    above = pixels >= per_image(magnitude)
    solarized = torch.where(above, 255 - pixels, pixels)
    toned = torch.where(per_image(operation == PLACE["Solarize"]), solarized, toned)
    toned = torch.where(per_image(operation == PLACE["AutoContrast"]), _stretched(pixels), toned)
    return torch.where(per_image(operation == PLACE["Equalize"]), _equalized(pixels), toned)


def _stretched(pixels: Tensor) -> Tensor:
    """Each channel from its least to its greatest value, over 0 to 255."""
    low, high = pixels.amin((2, 3), keepdim=True), pixels.amax((2, 3), keepdim=True)
    scale = 255 / (high - low)
    flat = ~scale.isfinite()
    low, scale = torch.where(flat, 0.0, low), torch.where(flat, 1.0, scale)
    return ((pixels - low) * scale).clamp(0, 255).floor()


def _equalized(pixels: Tensor) -> Tensor:
    """Each channel so that its values are as even as its histogram allows.

    With n_v pixels of value v and s = floor((all pixels - those of the greatest value) / 255), v
    becomes floor((sum of n below v + floor(s / 2)) / s), at most 255; where s is 0 it stays.
    """
    batch, channels, height, width = pixels.shape
    values = pixels.long().view(batch * channels, -1)
    ones = torch.ones_like(values)
    counts = torch.zeros(len(values), 256, dtype=torch.int64, device=pixels.device)
    counts.scatter_add_(1, values, ones)
    last = counts.gather(1, values.amax(1, keepdim=True))
    step = (height * width - last) // 255
    before = counts.cumsum(1) - counts
    table = ((before + step // 2) // step.clamp(min=1)).clamp(0, 255)
    equal = table.gather(1, values)
    return torch.where(step == 0, values, equal).view(batch, channels, height, width).float()
