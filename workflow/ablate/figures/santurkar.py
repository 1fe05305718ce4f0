"""Loss, gradient and smoothness along the gradient: figure 4 of Santurkar et al. (NeurIPS 2018)."""

from matplotlib.figure import Figure

from ablate.figures import bands, framing, style
from ablate.measures import measure
from ablate.measures.stepped import Stepped, mean
from ablate.requests.figure import Drawing

NEEDS = {
    "shows": "runs",
    "observer": "line_probe",
    "options": ["every", "window", "smoothing", "scale"],
}

PANELS = {
    "loss_range": ("Loss landscape: L(x(η))", "loss"),
    "gradient_range": (
        "Gradient predictiveness: ‖∇L(x(η)) − gₜ‖₂",
        "gradient change",
    ),
    "beta": (
        "Effective β-smoothness: largest ‖∇L(x(η)) − gₜ‖₂ / ‖η gₜ‖₂",
        "effective β",
    ),
}
WHAT_ETA_IS = (
    "x(η) = xₜ − η gₜ on the step's own minibatch, η from 1/2 to 4 times the "
    "training step.\n"
    "Bands: smallest to largest over η. They grow with the size of gₜ, which β is "
    "relative to.\n"
    "Smaller β is smoother."
)


def draw(request: Drawing) -> Figure:
    """Three panels over the probed steps, with a band or line a run, averaged over seeds."""
    figure = style.figure(height=8.6)
    panels = figure.subplots(3, 1, sharex=True)
    notes = []
    for axes, (name, (title, label)) in zip(panels, PANELS.items(), strict=True):
        measured = [mean(measure.per_seed(request.results, [run], name)) for run in request.runs]
        look = bands.Look(**{"scale": "log", **request.options}).fitted(measured)
        bands.draw(axes, measured, framing.COLOURS, look)
        beyond = bands.frame(axes, look, label, measured)
        axes.set_title(title)
        notes += [beyond, _not_finite(title, request, measured)]
    for axes in panels[:-1]:
        axes.set_xlabel("")
    handles = [
        framing.handle(f"{run.label} ({framing.seeds(len(run.seeds))})", colour)
        for run, colour in zip(request.runs, framing.COLOURS, strict=False)
    ]
    framing.finish(figure, request, handles, [WHAT_ETA_IS, bands.thinning(look), *notes])
    return figure


def _not_finite(title: str, request: Drawing, measured: list[Stepped]) -> str:
    """At how many steps the loss or gradient of some eta was not finite; empty if at none."""
    counts = [
        f"{count} of {run.label}"
        for run, one in zip(request.runs, measured, strict=True)
        if (count := int((one.missing > 0).sum()))
    ]
    panel = title.partition(":")[0]
    return (
        f"{panel}: steps at which some η gave no finite value: {', '.join(counts)}."
        if counts
        else ""
    )
