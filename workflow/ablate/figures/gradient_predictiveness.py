"""Figure 11: how much the last layer's gradient changes from one step to the next."""

from matplotlib.figure import Figure

from ablate.figures import bands, framing, style
from ablate.requests.figure import Drawing

NEEDS = {
    "shows": "families",
    "observer": "gradients",
    "options": ["every", "window", "smoothing", "scale"],
}

WHAT_D_MIXES = (
    "dₜ = ‖Gₜ − Gₜ₋₁‖₂, with Gₜ the gradient by the last Linear layer's weight."
    "\nIt mixes curvature with minibatch noise and with the size of the gradient, which is small "
    "where the images are learnt.\n"
    "Band: smallest to largest over the learning rates."
)


def draw(request: Drawing) -> Figure:
    """A band a family: smallest and largest d_t over its learning rates, by step."""
    differences = bands.of_families(request, "gradient_predictiveness")
    look = bands.Look(**{"scale": "log", **request.options}).fitted(differences)
    figure = style.figure(height=5.0)
    axes = figure.subplots()
    bands.draw(axes, differences, framing.COLOURS, look)
    beyond = bands.frame(axes, look, "gradient change dₜ", differences)
    notes = [WHAT_D_MIXES, bands.thinning(look), beyond, bands.missing_note(request, differences)]
    framing.finish(figure, request, bands.family_handles(request), notes)
    return figure
