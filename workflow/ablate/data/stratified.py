"""Fair parts of labelled images: every class keeps its share, and the choice is always the same."""

import numpy as np

from ablate.errors import AblateError


def stratified(labels: np.ndarray, count: int) -> np.ndarray:
    """Choose `count` of the labels [n], each class in its share: the first ones of the class.

    Shares that are no whole numbers are settled by largest remainder. Returns ascending indices
    int64 [count].

    Raises:
        AblateError: there are fewer than `count`, or so few are asked that a class would be empty.
    """
    if count > len(labels):
        raise AblateError(f"{count} images are asked for, but there are only {len(labels)}")
    classes, sizes = np.unique(labels, return_counts=True)
    quotas = _quotas(sizes, count)
    if not quotas.all():
        raise AblateError(
            f"{count} images for {len(classes)} classes leave {np.sum(quotas == 0)} of them "
            "without any; ask for more"
        )
    return np.sort(
        np.concatenate(
            [
                np.flatnonzero(labels == label)[:quota]
                for label, quota in zip(classes, quotas, strict=True)
            ]
        )
    )


def holdout_split(labels: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Divide labels [n] into (training, held out): ascending indices, int64, together all of them.

    `fraction` (0 <= fraction < 1) of the images is held out, each class in its share. The division
    depends on the labels and the fraction alone, so that all runs and seeds hold out the same. Of
    packed images these are the ones with the smallest digests.

    Raises:
        AblateError: the fraction would leave a class without images in either part.
    """
    everything = np.arange(len(labels))
    if fraction == 0:
        return everything, everything[:0]
    try:
        held_out = stratified(labels, round(fraction * len(labels)))
    except AblateError as error:
        raise AblateError(f"holdout: {fraction} of {len(labels)} images: {error}") from None
    rest = np.setdiff1d(everything, held_out)
    emptied = np.setdiff1d(labels, labels[rest])
    if len(emptied):
        raise AblateError(
            f"holdout: {fraction} of {len(labels)} images leaves none to train {len(emptied)} of "
            "the classes on; hold out less"
        )
    return rest, held_out


def _quotas(sizes: np.ndarray, count: int) -> np.ndarray:
    """Divide `count` in proportion to `sizes` by largest remainder; ties go to the first."""
    whole, remainder = np.divmod(sizes * count, sizes.sum())
    largest_first = np.argsort(-remainder, kind="stable")
    whole[largest_first[: count - whole.sum()]] += 1
    return whole
