"""Smoothing for the eye: medians and means over a window that moves along a line."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

KINDS = ("median", "mean")


def rolling(values: np.ndarray, window: int, kind: str = "median") -> np.ndarray:
    """The median or mean of the `window` values around each one, [T] to [T].

    The window is odd and centred; at the ends it takes what there is. nan is left out, and stays
    only where the whole window is nan.
    """
    if not len(values):
        return np.array([])
    padded = np.pad(values.astype(float), window // 2, constant_values=np.nan)
    windows = np.sort(sliding_window_view(padded, window), axis=1)  # nan comes last
    count = (~np.isnan(windows)).sum(1)
    filled = np.maximum(count, 1)
    if kind == "mean":
        return np.where(count > 0, np.nansum(windows, axis=1) / filled, np.nan)
    rows = np.arange(len(values))
    return (windows[rows, (filled - 1) // 2] + windows[rows, filled // 2]) / 2
