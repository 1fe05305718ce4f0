"""The expected calibration error: how far a network's confidence is from its accuracy."""

import numpy as np

BINS = 15


def score(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> float:
    """The mean gap between confidence and accuracy, over equal-width bins of confidence, in 0..1.

    ECE = sum over bins b of |b| / N * |accuracy(b) - confidence(b)|, the confidence of an image
    being its largest probability (Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural
    Networks, ICML 2017, equation 3).

    Args:
        probabilities: [N, C], rows summing to 1.
        labels: int [N].
        bins: how many bins of equal width divide 0..1.

    Returns:
        The error, NaN if a probability is not finite.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    if not np.isfinite(confidence).all():
        return float("nan")
    correct = probabilities.argmax(axis=1) == labels
    gaps = np.bincount(bin_of(confidence, bins), weights=correct - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def bin_of(confidence: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Which bin holds each confidence [N], from 0: bin i holds (i / bins, (i + 1) / bins]."""
    return np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
