"""Images that a function of one's own gives."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ablate import extensions
from ablate.data.canonical import chosen, digests
from ablate.data.images import Images
from ablate.errors import AblateError

PARTS = ("train_images", "train_labels", "test_images", "test_labels")
NEEDED = ("classes", *PARTS)


def load(settings: Mapping[str, Any]) -> Images:
    """What the function `settings["source"]` returns for `settings["arguments"]`.

    It returns a mapping: classes, their names; train_images and test_images, uint8 [n, 3, H, W] of
    one size; train_labels and test_labels, whole numbers [n], places in `classes`.

    Raises:
        AblateError: the function fails, or returns anything else.
    """
    name = settings["source"]
    found = extensions.called(name, settings["arguments"])
    if not isinstance(found, Mapping) or set(found) != set(NEEDED):
        given = sorted(map(str, found)) if isinstance(found, Mapping) else type(found).__name__
        raise AblateError(f"{name} returns {given}; a dict of {', '.join(NEEDED)} is needed")
    classes = [*found["classes"]] if isinstance(found["classes"], list | tuple) else None
    if not classes or not all(isinstance(c, str) for c in classes) or _repeat(classes):
        raise AblateError(f"{name}: classes: a list of different names is needed")
    parts: dict[str, Any] = {}
    for part in ("train", "test"):
        images = _images(f"{name}: {part}_images", found[f"{part}_images"])
        labels = _labels(f"{name}: {part}_labels", found[f"{part}_labels"], len(images), classes)
        use = chosen(settings, part, np.array(classes)[labels], digests(images))
        parts |= {f"{part}_images": images[use], f"{part}_labels": labels[use]}
        parts[f"{part}_of"] = len(labels)
    sizes = [parts[f"{part}_images"].shape[2:] for part in ("train", "test")]
    if sizes[0] != sizes[1]:
        raise AblateError(f"{name}: training images are {sizes[0]} and test images {sizes[1]}")
    return Images(name=settings["name"], classes=classes, **parts)


def _images(place: str, given: Any) -> np.ndarray:
    images = np.asarray(given)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] != 3 or not images.size:
        raise AblateError(
            f"{place}: found {images.dtype} {list(images.shape)}; uint8 [n, 3, height, width], "
            "pixels from 0 to 255, is needed"
        )
    return images


def _labels(place: str, given: Any, count: int, classes: list[str]) -> np.ndarray:
    labels = np.asarray(given)
    if labels.dtype.kind not in "iu" or labels.shape != (count,):
        raise AblateError(
            f"{place}: found {labels.dtype} {list(labels.shape)}; a whole number for each of "
            f"{count} images is needed"
        )
    if labels.min() < 0 or labels.max() >= len(classes):
        raise AblateError(
            f"{place}: found labels from {labels.min()} to {labels.max()}; there are "
            f"{len(classes)} classes, so 0 to {len(classes) - 1} are needed"
        )
    without = sorted(set(range(len(classes))) - set(labels.tolist()))
    if without:
        raise AblateError(f"{place}: there is no image of class {classes[without[0]]!r}")
    return labels.astype(np.int64)


def _repeat(names: list[str]) -> bool:
    return len(set(names)) < len(names)
