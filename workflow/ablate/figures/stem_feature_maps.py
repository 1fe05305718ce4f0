"""Figure 4: what a trained network's first convolution makes of one image."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure, SubFigure

from ablate.data.dataset import Dataset, load
from ablate.figures import style
from ablate.figures.first_layer import first_convolution
from ablate.figures.lettering import class_names
from ablate.figures.pictures import channels_last, grid, show
from ablate.requests.figure import Drawing
from ablate.runs.finished import FinishedRun, finished_runs

NEEDS = {"shows": "runs", "weights": True, "images": True, "options": ["image"]}

if TYPE_CHECKING:
    from torch import Tensor

SUBJECT = "frog"
MAPS = 5.6  # inches that the maps are wide


def draw(request: Drawing) -> Figure:
    """The first test image of a frog (or of the first class) beside its feature maps.

    `options.image` chooses another test image of that class, counted from 0.
    """
    run = finished_runs(request.results, request.runs)[0]
    data = load(request.results.data)
    index, subject = choose(data, request.options.get("image", 0))
    image = data.test_images[index]
    maps = feature_maps(run, image, data)
    rows, columns = grid(len(maps))
    wide = style.width(MAPS)
    figure = style.figure(height=0.95 + wide * rows / columns, gap=0.08)
    left, right = figure.subfigures(1, 2, width_ratios=[style.width() - wide, wide])
    _draw_image(left, image, subject)
    show(right, maps)
    size = "×".join(map(str, maps.shape[1:]))
    figure.suptitle(f"{len(maps)} maps of the first convolution, {size}", x=0.01, ha="left")
    figure.supxlabel(
        f"{run.label}: best epoch of seed {run.seed}; before normalisation and activation,\n"
        "each map from its smallest value (dark) to its largest (bright)",
        fontsize=9.5,
    )
    return figure


def choose(data: Dataset, which: int = 0) -> tuple[int, str]:
    """Index and class of the test image to show: a frog, or else one of the first class."""
    classes = list(data.manifest.classes)
    label = classes.index(SUBJECT) if SUBJECT in classes else 0
    of_class = np.flatnonzero(data.test_labels == label)
    return int(of_class[which % len(of_class)]), class_names(classes)[label]


def feature_maps(run: FinishedRun, image: np.ndarray, data: Dataset) -> np.ndarray:
    """Float [channels, h, w]: the run's first convolution over one uint8 image [3, H, W]."""
    import torch
    from torch.nn import functional

    weight, bias = first_convolution(run)
    pixels = torch.from_numpy(image).float() / 255
    mean, std = normalisation(run, data)
    inputs = (pixels - mean) / std
    stride = run.metrics.provenance.settings["model"].get("stem_stride", 1)
    padding = weight.shape[-1] // 2
    return functional.conv2d(inputs[None], weight, bias, stride, padding)[0].numpy()


def normalisation(run: FinishedRun, data: Dataset) -> "tuple[Tensor, Tensor]":
    """The mean and standard deviation that the run's settings subtract and divide by."""
    import torch

    written = run.metrics.provenance.settings["normalize"]
    if written == "dataset":
        mean, std = data.manifest.mean, data.manifest.std
    else:
        mean, std = [written["mean"]] * 3, [written["std"]] * 3
    return torch.tensor(mean).view(3, 1, 1), torch.tensor(std).view(3, 1, 1)


def _draw_image(figure: SubFigure, image: np.ndarray, subject: str) -> None:
    axes = figure.subplots()
    axes.imshow(channels_last(image))
    axes.set_axis_off()
    axes.set_title(f"test image: {subject}", loc="center", fontsize=11)
