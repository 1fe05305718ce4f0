"""Bands and lines over training steps, drawn one way in every figure that has them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter, MaxNLocator

from ablate.figures.framing import COLOURS, handle, seeds
from ablate.findings.words import counted
from ablate.measures import measure
from ablate.measures.rolling import rolling
from ablate.measures.stepped import Band, Curve, Stepped, mean
from ablate.requests.figure import Drawing
from ablate.requests.runs import ShownFamily

ENOUGH = 50  # drawn steps: a short run is drawn more densely than asked
MARGIN = 1.2  # of a linear axis, over the highest smoothed value
DECADES = 3  # how far below its largest value a logarithmic axis goes
SHARE = 6  # of the drawn steps, at most one in so many is smoothed over


class _Plain(LogFormatter):
    """Labels the same ticks of a logarithmic axis, with 0.1 for 1e-01."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return f"{x:g}" if super().__call__(x, pos) else ""


@dataclass(frozen=True)
class Look:
    """How steps are drawn; the fields are a figure's options.

    Attributes:
        every: draw the steps that this number divides.
        window: smooth over so many drawn steps; odd, 1: not at all.
        smoothing: median | mean.
        scale: of the measure's axis, linear | log.
    """

    every: int = 40
    window: int = 9
    smoothing: str = "median"
    scale: str = "linear"

    def fitted(self, measured: Sequence[Stepped]) -> "Look":
        """The same for what is drawn: short runs are drawn more densely and smoothed less."""
        steps = max((one.steps for one in measured), key=len)
        last = int(steps[-1]) if len(steps) else 1
        recorded = int(np.median(np.diff(steps))) if len(steps) > 1 else 1
        every = max(recorded, min(self.every, last // ENOUGH))
        most = max(1, max(len(one.every(every).steps) for one in measured) // SHARE)
        window = min(self.window, most - (most + 1) % 2)
        return replace(self, every=every, window=window)


def of_families(request: Drawing, name: str) -> list[Band | Curve]:
    """Measure `name` of each of the request's families, averaged over seeds.

    Raises:
        AblateError: a run's series are missing or damaged, or a family's runs share no seed.
    """
    return [
        mean(measure.per_seed(request.results, family.members, name)) for family in request.families
    ]


def draw(axes: Axes, measured: Sequence[Band | Curve], colours: Sequence[str], look: Look) -> None:
    """Every band and line, in the order of the colours."""
    for one, colour in zip(measured, colours, strict=False):
        thinned = one.every(look.every)
        (_draw_band if isinstance(one, Band) else _draw_curve)(axes, thinned, colour, look)


def outline(axes: Axes, measured: Sequence[Band], colours: Sequence[str], look: Look) -> None:
    """The smoothed edges of every band, as thin lines to compare with."""
    for one, colour in zip(measured, colours, strict=False):
        band = one.every(look.every)
        for edge in (band.low, band.high):
            smoothed = rolling(edge, look.window, look.smoothing)
            axes.plot(band.steps, smoothed, color=colour, lw=0.8, alpha=0.7)


def _draw_band(axes: Axes, band: Band, colour: str, look: Look) -> None:
    low, high = (rolling(edge, look.window, look.smoothing) for edge in (band.low, band.high))
    axes.fill_between(band.steps, band.low, band.high, color=colour, alpha=0.18, lw=0)
    axes.fill_between(band.steps, low, high, color=colour, alpha=0.3, lw=0)
    for edge in (low, high):
        axes.plot(band.steps, edge, color=colour, lw=1.3, marker=_marker(band), ms=3)


def _draw_curve(axes: Axes, curve: Curve, colour: str, look: Look) -> None:
    if look.window > 1:
        axes.plot(curve.steps, curve.value, color=colour, alpha=0.35, lw=0.8)
    smoothed = rolling(curve.value, look.window, look.smoothing)
    axes.plot(curve.steps, smoothed, color=colour, lw=1.8, marker=_marker(curve), ms=3)


def frame(axes: Axes, look: Look, label: str, measured: Sequence[Stepped]) -> str:
    """Scale and label the axes for what is drawn in it.

    On a linear scale the smoothed bands decide where it ends. Returns a sentence that says what
    reaches beyond it, empty if nothing does.
    """
    axes.set_ylabel(label)
    axes.set_xlabel("training step")
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 2.5, 5, 10], integer=True))
    drawn = [one.every(look.every) for one in measured]
    lasts = [int(one.steps[-1]) for one in drawn if len(one.steps)]
    axes.set_xlim(0, max(lasts, default=1) * 1.01)
    raw = np.concatenate([_upper(one) for one in drawn])
    if not np.isfinite(raw).any():
        axes.text(0.5, 0.5, "nothing measured", transform=axes.transAxes, ha="center")
        return ""
    if look.scale == "log" and np.nanmax(raw) > 0:
        # Clipped, not masked: a band that reaches down to 0 is still a band.
        axes.set_yscale("log", nonpositive="clip")
        axes.yaxis.set_major_formatter(_Plain())
        axes.yaxis.set_minor_formatter(_Plain(minor_thresholds=(1.5, 0.5)))
        return _bottom(axes, raw, np.concatenate([_lower(one) for one in drawn]))
    smoothed = [rolling(_upper(one), look.window, look.smoothing) for one in drawn]
    top = MARGIN * np.nanmax(np.concatenate(smoothed))
    axes.set_ylim(0, top)
    beyond = raw[raw > top]
    if not len(beyond):
        return ""
    return f"Above the axis: {len(beyond)} of the drawn values, up to {beyond.max():.3g}."


def _bottom(axes: Axes, upper: np.ndarray, lower: np.ndarray) -> str:
    """End a logarithmic axis where the drawn values do, DECADES below the largest at the latest.

    Returns a sentence that says what lies below, empty if nothing does.
    """
    positive = lower[lower > 0]
    floor = max(positive.min(initial=np.nanmax(upper)), np.nanmax(upper) / 10**DECADES)
    axes.set_ylim(bottom=floor / MARGIN)
    below = lower[lower < floor]
    if not len(below):
        return ""
    return f"Below the axis: {len(below)} of the drawn values, down to {below.min():.3g}."


def thinning(look: Look) -> str:
    """Which steps are drawn, what is pale and what is dark, in words."""
    drawn = f"One step in {look.every} drawn. " if look.every > 1 else ""
    if look.window == 1:
        return f"{drawn}As measured, not smoothed."
    return (
        f"{drawn}Pale: as measured. Dark: rolling {look.smoothing} over {look.window} drawn steps."
    )


def family_handles(
    request: Drawing, colours: Sequence[str] = COLOURS, line: bool = False
) -> list[Artist]:
    """A legend entry a family: its label, how many rates and seeds."""
    return [
        handle(_counted(family), colour, line)
        for family, colour in zip(request.families, colours, strict=False)
    ]


def missing_note(request: Drawing, measured: Sequence[Stepped]) -> str:
    """Which families lost runs, and from which step on; empty if none did."""
    lost = [
        f"{family.label}: from step {one.steps[np.argmax(one.missing > 0)]} on, up to "
        f"{one.missing.max()} of {one.members} runs have no finite value; drawn of the others."
        for family, one in zip(request.families, measured, strict=True)
        if one.missing.any()
    ]
    return " ".join(lost)


def _counted(family: ShownFamily) -> str:
    count = len(measure.common_seeds(family.members))
    return f"{family.label}\n({counted(len(family.members), 'rate')}, {seeds(count)})"


def _marker(measured: Stepped) -> str | None:
    return "o" if len(measured.steps) < 25 else None


def _lower(measured: Stepped) -> np.ndarray:
    return measured.low if isinstance(measured, Band) else measured.middle


def _upper(measured: Stepped) -> np.ndarray:
    return measured.high if isinstance(measured, Band) else measured.middle
