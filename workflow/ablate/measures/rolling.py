"""Smoothing for the eye: medians and means over a window that moves along a line."""

import numpy as np
import pandas as pd

KINDS = ("median", "mean")


def rolling(values: np.ndarray, window: int, kind: str = "median") -> np.ndarray:
    """The median or mean of the `window` values around each one, [T] to [T].

    The window is odd and centred; at the ends it takes what there is. nan is left out, and stays
    only where the whole window is nan.
    """
    return pd.Series(values, dtype=float).rolling(window, 1, center=True).agg(kind).to_numpy()
