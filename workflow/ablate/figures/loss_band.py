"""Figure 9: the band of training losses over the learning rates, by step."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from ablate.figures import bands, framing, style
from ablate.requests.figure import Drawing

NEEDS = {
    "shows": "families",
    "observer": "loss",
    "options": ["every", "window", "smoothing", "scale"],
}


OVERLAPPING = 2
LABEL = "training loss of the minibatch"


def draw(request: Drawing) -> Figure:
    """A band a family: smallest and largest minibatch loss over its rates, in one axes.

    The first family is drawn as the plain one, the second as that with batch normalisation.
    """
    return draw_losses(request, framing.COLOURS)


def draw_losses(request: Drawing, colours: Sequence[str]) -> Figure:
    """The loss bands of the request's families in these colours."""
    losses = bands.of_families(request, "loss_band")
    look = bands.Look(**request.options).fitted(losses)
    # Two bands can be told apart where they overlap, three cannot.
    panels = len(losses) if len(losses) > OVERLAPPING else 1
    figure = style.figure(height=1.4 + 3.4 * panels if panels == 1 else 1.4 + 2.1 * panels)
    grid = figure.subplots(panels, 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for panel, axes in enumerate(grid):
        alone = slice(panel, panel + 1) if panels > 1 else slice(None)
        if panels > 1:
            bands.outline(axes, losses, colours, look)
        bands.draw(axes, losses[alone], colours[alone], look)
    beyond = [bands.frame(axes, look, LABEL, losses) for axes in grid][-1]
    for axes in grid[:-1]:
        axes.set_xlabel("")
    for axes in grid if panels > 1 else ():
        axes.set_ylabel("training loss")
    notes = [
        "Band: smallest to largest loss over the learning rates.",
        bands.thinning(look),
        beyond,
        bands.missing_note(request, losses),
    ]
    framing.finish(figure, request, bands.family_handles(request, colours), notes)
    return figure
