"""Pictures in a figure, and grids of them."""

import math

import numpy as np
from matplotlib.figure import Figure, SubFigure


def channels_last(image: np.ndarray) -> np.ndarray:
    """Uint8 [3, H, W] as [H, W, 3], as matplotlib shows it."""
    return image.transpose(1, 2, 0)


def grid(count: int) -> tuple[int, int]:
    """Rows and columns of the squarest grid that holds `count` pictures, wider than high."""
    columns = math.ceil(math.sqrt(count))
    return math.ceil(count / columns), columns


def show(figure: Figure | SubFigure, pictures: np.ndarray) -> None:
    """Draw pictures [n, h, w, ...] in the squarest grid that holds them."""
    cells = figure.subplots(*grid(len(pictures)), squeeze=False)
    for axes in cells.flat:
        axes.set_axis_off()
    for axes, picture in zip(cells.flat, pictures, strict=False):
        axes.imshow(picture)
