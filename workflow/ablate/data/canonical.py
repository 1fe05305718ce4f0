"""One order for a set of images, whatever they came from: by class name, then by digest of pixels.

A subset takes the smallest digests of each class. So the same images have the same digest, whether
they came as an archive or as a folder, and under any file names.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ablate.data.images import Images
from ablate.data.stratified import stratified
from ablate.errors import AblateError


def digest(image: np.ndarray) -> bytes:
    """sha256 of an image, uint8 [3, H, W]: 32 bytes."""
    return hashlib.sha256(np.ascontiguousarray(image)).digest()


def digests(images: Iterable[np.ndarray]) -> np.ndarray:
    """The digest of each image, [n]; they sort as bytes do."""
    return np.array([digest(image) for image in images], "S32")


def ordered(images: Images) -> Images:
    """The same images: classes sorted by name, images by class and then by digest."""
    by_name = np.argsort(images.classes)
    new_label = np.argsort(by_name)
    parts = {}
    for part in ("train", "test"):
        pixels = getattr(images, f"{part}_images")
        labels = new_label[getattr(images, f"{part}_labels")]
        order = np.lexsort((digests(pixels), labels))
        parts |= {f"{part}_images": pixels[order], f"{part}_labels": labels[order]}
    return replace(images, classes=[images.classes[label] for label in by_name], **parts)


def chosen(
    settings: Mapping[str, Any], part: str, classes: np.ndarray, by_digest: np.ndarray
) -> np.ndarray:
    """The indices of the images of a part to use: its smallest digests, if not all are asked for.

    part: "train" or "test". classes: the class name of each image, [n]. by_digest: [n].

    Raises:
        AblateError: the part holds fewer images than asked for, or a class would be left empty.
    """
    count = settings.get(f"{part}_images")
    if count is None:
        return np.arange(len(classes))
    order = np.argsort(by_digest, kind="stable")
    try:
        return order[stratified(classes[order], count)]
    except AblateError as error:
        raise AblateError(f"data.{part}_images: {error}") from None
