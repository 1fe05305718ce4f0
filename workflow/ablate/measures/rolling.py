"""Smoothing for the eye: medians and means over a window that moves along a line."""

import warnings

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def rolling(values: np.ndarray, window: int, kind: str = "median") -> np.ndarray:
    """The median or mean of the `window` values around each one, [T] to [T].

    The window is odd and centred; at the ends it takes what there is. nan is left out, and stays
    only where the whole window is nan.
    """
    if not len(values):
        return np.array([])
    padded = np.pad(values.astype(float), window // 2, constant_values=np.nan)
    taken = {"median": np.nanmedian, "mean": np.nanmean}[kind]
    with warnings.catch_warnings(action="ignore"):  # of windows that are nan alone
        return taken(sliding_window_view(padded, window), axis=1)
