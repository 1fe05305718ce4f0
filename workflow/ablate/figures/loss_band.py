"""Figure 9: the band of training losses over the learning rates, by step."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from ablate.figures import bands, style

NEEDS = {
    "shows": "families",
    "observer": "loss",
    "options": ["every", "window", "smoothing", "scale"],
}


def draw(request: dict) -> Figure:
    """A band a family: smallest and largest minibatch loss over its rates, in one axes.

    The first family is drawn as the plain one, the second as that with batch normalisation.
    """
    return draw_losses(request, bands.COLOURS)


def draw_losses(request: dict, colours: Sequence[str]) -> Figure:
    """The loss bands of the request's families in these colours."""
    losses = bands.of_families(request, "loss_band")
    look = bands.look(request.get("options", {})).fitted(losses)
    figure = style.figure(height=4.8)
    axes = figure.subplots()
    bands.draw(axes, losses, colours, look)
    beyond = bands.frame(axes, look, "training loss of the minibatch", losses)
    notes = [
        "Band: smallest to largest loss over the learning rates.",
        bands.thinning(look),
        beyond,
        bands.missing_note(request, losses),
    ]
    bands.finish(figure, request, bands.family_handles(request, colours), notes)
    return figure
