"""Figure 9 again for VGG-19: plain, where most rates collapse, and with batch normalisation."""

from matplotlib.figure import Figure

from ablate.figures.framing import COLOURS
from ablate.figures.loss_band import draw_losses
from ablate.requests.figure import Drawing

NEEDS = {
    "shows": "families",
    "observer": "loss",
    "options": ["every", "window", "smoothing", "scale"],
}


def draw(request: Drawing) -> Figure:
    """As `loss_band`."""
    return draw_losses(request, COLOURS)
