"""Which classes are taken for which."""

import numpy as np


def confusion(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Counts [C, C]: row the true class, column the predicted one.

    A row of probabilities that holds NaN counts as a prediction of the first NaN's class, as
    argmax does in numpy and torch.
    """
    classes = probabilities.shape[1]
    cells = labels.astype(np.int64) * classes + probabilities.argmax(axis=1)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def per_class_accuracy(counts: np.ndarray) -> np.ndarray:
    """Percent [C] of each true class that is predicted right; NaN for a class with no image."""
    of_class = counts.sum(axis=1)
    share = np.full(len(counts), np.nan)
    np.divide(100.0 * np.diag(counts), of_class, out=share, where=of_class > 0)
    return share
