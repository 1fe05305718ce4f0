"""Ten procedural classes: shapes and textures that a small network learns, but not in one step.

Each image shows its class's figure at a random place, scale, tilt and colour (which leans to a hue
of the class) on a random ground under noise. They differ by as little as lets a ResNet-34 of
an eighth of the width learn most of them in fifty steps. All classes survive mirroring. Only sums,
products and comparisons are used, so that every machine draws the same bytes.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ablate.data.images import Images
from ablate.errors import AblateError

BLOCK = 256
# How far a figure's colour leans to its class's hue: 0 not at all, 1 it tells the class.
LEAN = 0.8
NOISE = 0.1
# Of a figure's centre from the image's, to either side and up or down, in halves of a side.
SHIFT = 0.1
# A figure's half side, in halves of the image's: from, to.
SCALE = (0.7, 0.95)

Figure = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _in_box(u: np.ndarray, v: np.ndarray, side: float = 1.0) -> np.ndarray:
    return np.maximum(abs(u), abs(v)) < side


def _odd(x: np.ndarray) -> np.ndarray:
    return np.floor(2.5 * x) % 2 == 1


FIGURES: dict[str, Figure] = {
    "disc": lambda u, v: u * u + v * v < 1,
    "ring": lambda u, v: abs(u * u + v * v - 0.65) < 0.35,
    "square": lambda u, v: _in_box(u, v, 0.9),
    "frame": lambda u, v: _in_box(u, v) & ~_in_box(u, v, 0.55),
    "plus": lambda u, v: _in_box(u, v) & (np.minimum(abs(u), abs(v)) < 0.3),
    "cross": lambda u, v: _in_box(u, v) & (abs(abs(u) - abs(v)) < 0.4),
    "hourglass": lambda u, v: _in_box(u, v) & (abs(u) < abs(v)),
    "rows": lambda u, v: _in_box(u, v) & _odd(v),
    "columns": lambda u, v: _in_box(u, v) & _odd(u),
    "checks": lambda u, v: _in_box(u, v) & (_odd(u) ^ _odd(v)),
}


def load(settings: Mapping[str, Any]) -> Images:
    """Draw `train` and `test` images of `size` x `size` pixels from `seed`, the classes in turn.

    Raises:
        AblateError: fewer images than classes are asked for.
    """
    drawn = {part: _draw(settings, part, stream) for stream, part in enumerate(("train", "test"))}
    return Images(
        name="synthetic",
        classes=list(FIGURES),
        train_images=drawn["train"][0],
        train_labels=drawn["train"][1],
        test_images=drawn["test"][0],
        test_labels=drawn["test"][1],
        train_of=settings["train"],
        test_of=settings["test"],
        synthetic=True,
    )


def _draw(settings: Mapping[str, Any], part: str, stream: int) -> tuple[np.ndarray, np.ndarray]:
    count = settings[part]
    if count < len(FIGURES):
        raise AblateError(
            f"data.{part}: found {count}, at least one image for each of {len(FIGURES)} classes "
            "is needed"
        )
    random = np.random.default_rng([settings["seed"], stream])
    labels = np.arange(count) % len(FIGURES)
    blocks = [
        _images(labels[start : start + BLOCK], settings["size"], random)
        for start in range(0, count, BLOCK)
    ]
    return np.concatenate(blocks), labels


def _images(labels: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """uint8 [n, 3, size, size], one image a label."""
    n = len(labels)
    u, v = _coordinates(n, size, random)
    inside = np.empty((n, size, size), bool)
    for label, figure in enumerate(FIGURES.values()):
        own = labels == label
        inside[own] = figure(u[own], v[own])
    colour = LEAN * _hues()[labels] + (1 - LEAN) * random.random((n, 3))
    ground = 0.4 * random.random((n, 3))
    image = np.where(inside[:, None], colour[:, :, None, None], ground[:, :, None, None])
    image += NOISE * (random.random(image.shape) + random.random(image.shape) - 1)
    return np.clip(256 * image, 0, 255).astype(np.uint8)


def _coordinates(n: int, size: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Each image's own axes u, v [n, size, size]: its figure fills -1 .. 1 on both."""
    pixel = (2 * np.arange(size) + 1) / size - 1
    across, down = 2 * SHIFT * random.random((2, n, 1, 1)) - SHIFT
    scale = SCALE[0] + (SCALE[1] - SCALE[0]) * random.random((n, 1, 1))
    # The half-angle's tangent t gives cosine and sine without a library's rounding: 15 degrees.
    t = 0.26 * random.random((n, 1, 1)) - 0.13
    cosine, sine = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
    x = (pixel[None, None, :] - across) / scale
    y = (pixel[None, :, None] - down) / scale
    return cosine * x + sine * y, cosine * y - sine * x


def _hues() -> np.ndarray:
    """One saturated colour a class, evenly around the circle of hues: [classes, 3] in 0..1."""
    turn = 6 * np.arange(len(FIGURES))[:, None] / len(FIGURES)
    # Each channel is full within 1 of its own place on the circle and off beyond 2.
    distance = abs((turn - np.array([0, 2, 4]) + 3) % 6 - 3)
    return np.clip(2 - distance, 0, 1)
