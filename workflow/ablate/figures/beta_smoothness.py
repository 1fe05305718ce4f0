"""Figure 12: effective beta-smoothness in the report's two readings."""

from matplotlib.figure import Figure

from ablate.figures import bands, framing, style
from ablate.requests.figure import Drawing

NEEDS = {
    "shows": "families",
    "observer": "gradients",
    "options": ["every", "window", "smoothing", "scale"],
}

READINGS = {
    "beta_a": (
        "Reading A: the largest dₜ = ‖Gₜ − Gₜ₋₁‖₂ over the learning rates",
        "largest dₜ",
    ),
    "beta_b": (
        "Reading B: the largest difference of two rates' gradients",
        "largest ‖Gₜ⁽ⁱ⁾ − Gₜ⁽ʲ⁾‖₂",
    ),
}
WHAT_BETA_MIXES = (
    "Smaller is smoother. Both readings mix curvature with minibatch noise and the size of the "
    "gradient;\nB also with how far apart the learning rates have led the runs."
)


def draw(request: Drawing) -> Figure:
    """Two panels, A and B, with a line a family; B at the steps whose gradients were kept."""
    asked = bands.Look(**{"scale": "log", **request.options})
    figure = style.figure(height=6.8)
    panels = figure.subplots(2, 1, sharex=True)
    notes = []
    for axes, (name, (title, label)) in zip(panels, READINGS.items(), strict=True):
        curves = bands.of_families(request, name)
        look = asked.fitted(curves)
        bands.draw(axes, curves, framing.COLOURS, look)
        beyond = bands.frame(axes, look, label, curves)
        axes.set_title(title)
        missing = bands.missing_note(request, curves)
        notes.append(
            " ".join(filter(None, [f"{name[-1].upper()}:", bands.thinning(look), beyond, missing]))
        )
    panels[0].set_xlabel("")
    handles = bands.family_handles(request, line=True)
    framing.finish(figure, request, handles, [WHAT_BETA_MIXES, *notes])
    return figure
