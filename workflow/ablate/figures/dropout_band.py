"""Figure 10: the bands of training losses with dropout, with batch normalisation, and plain."""

from matplotlib.figure import Figure

from ablate.figures.framing import DROPPED, NORMALISED, PLAIN
from ablate.figures.loss_band import draw_losses
from ablate.requests.figure import Drawing

NEEDS = {
    "shows": "families",
    "observer": "loss",
    "options": ["every", "window", "smoothing", "scale"],
}


def draw(request: Drawing) -> Figure:
    """As `loss_band`, of three families in that order, with the colours they have elsewhere."""
    return draw_losses(request, (DROPPED, NORMALISED, PLAIN))
