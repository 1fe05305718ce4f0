"""Predictions from an image and its mirror image."""

from torch import Tensor

from ablate.training.parts import Forward, Parts


def add(parts: Parts, flip: bool) -> None:
    """Judge each image by the mean of the outputs for it and for its mirror image."""
    judged_so_far = parts.judged

    def judged(forward: Forward) -> Forward:
        inner = judged_so_far(forward)

        def both_ways(images: Tensor) -> Tensor:
            return (inner(images) + inner(images.flip(-1))) / 2

        return both_ways

    parts.judged = judged
