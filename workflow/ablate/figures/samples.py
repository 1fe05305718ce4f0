"""Figure 1: images of every class, a row a class."""

import numpy as np
from matplotlib.figure import Figure

from ablate.data.dataset import load
from ablate.data.manifest import Manifest
from ablate.figures import style
from ablate.figures.lettering import class_names, literal
from ablate.figures.pictures import channels_last
from ablate.requests.figure import Drawing

NEEDS = {"images": True, "options": ["columns"]}

COLUMNS, MOST = 10, 20


def draw(request: Drawing) -> Figure:
    """The first `options.columns` training images of each class of the packed data.

    Of very many classes the first `MOST` are shown, and how many there are is said.
    """
    data = load(request.results.data)
    classes = class_names(data.manifest.classes[:MOST])
    columns = request.options.get("columns", COLUMNS)
    side = (style.width() - 1.1) / columns
    figure = style.figure(height=side * len(classes) + 0.4, gap=0.06)
    grid = figure.subplots(len(classes), columns, squeeze=False)
    for label, cells in enumerate(grid):
        images = data.train_images[np.flatnonzero(data.train_labels == label)[:columns]]
        for axes in cells:
            axes.set_axis_off()
        for axes, image in zip(cells, images, strict=False):
            axes.imshow(channels_last(image))
        cells[0].text(
            *(-0.12, 0.5, classes[label]), transform=cells[0].transAxes, ha="right", va="center"
        )
    of = len(data.manifest.classes)
    some = f"\nthe first {MOST} of {of} classes" if of > MOST else ""
    name = literal(data.manifest.name)
    figure.suptitle(f"{name}: {counts(data.manifest)}{some}", x=0.01, ha="left")
    return figure


def counts(manifest: Manifest) -> str:
    """How many images there are, and of how many where they are a subset."""
    parts = {
        "training": (manifest.train, manifest.train_of),
        "test": (manifest.test, manifest.test_of),
    }
    return (
        " and ".join(
            f"{n:,} {part}" + (f" (of {of:,})" if of > n else "") for part, (n, of) in parts.items()
        )
        + " images"
    )
