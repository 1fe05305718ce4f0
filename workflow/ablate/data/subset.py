"""`train_images` and `test_images` of the data settings: fewer images, fairly chosen."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ablate.data.stratified import stratified
from ablate.errors import AblateError


def chosen(settings: Mapping[str, Any], part: str, labels: np.ndarray) -> np.ndarray:
    """The indices of the images to use of a part ("train" or "test") with labels [n].

    Raises:
        AblateError: the part holds fewer images than asked for, or a class would be left empty.
    """
    count = settings.get(f"{part}_images")
    if count is None:
        return np.arange(len(labels))
    try:
        return stratified(labels, count)
    except AblateError as error:
        raise AblateError(f"data.{part}_images: {error}") from None
