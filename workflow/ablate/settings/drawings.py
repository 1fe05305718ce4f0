"""What each module of ablate.figures draws from, to be told before anything is trained for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ablate.errors import AblateError
from ablate.settings.named import nearest
from ablate.settings.study import Figure


@dataclass(frozen=True)
class Drawing:
    """What a figure needs.

    Attributes:
        shows: runs, families or summary: what it is drawn from, "" for nothing.
        images: whether it shows images of the data.
        recorded: what its runs must record at each step, "" for nothing.
        options: what can be set under options.
    """

    shows: str = ""
    images: bool = False
    recorded: str = ""
    options: tuple[str, ...] = ()


BAND = ("every", "window", "smoothing", "scale")
DRAWINGS = {
    "samples": Drawing(images=True, options=("columns",)),
    "residual_block": Drawing(),
    "stem_kernels": Drawing("runs"),
    "stem_feature_maps": Drawing("runs", images=True, options=("image",)),
    "weight_distribution": Drawing("runs"),
    "curves": Drawing("runs"),
    "misclassified": Drawing("runs", images=True, options=("count",)),
    "confusion": Drawing("runs"),
    "per_class": Drawing("runs"),
    "reliability": Drawing("runs"),
    "cost": Drawing("summary"),
    "reported_vs_measured": Drawing("summary"),
    "seconds": Drawing("summary"),
    "vgg_bn_accuracy": Drawing("runs"),
    "loss_band": Drawing("families", recorded="loss", options=BAND),
    "dropout_band": Drawing("families", recorded="loss", options=BAND),
    "vgg19_band": Drawing("families", recorded="loss", options=BAND),
    "vgg19_collapse": Drawing("families"),
    "dropout_test_loss": Drawing("families"),
    "gradient_predictiveness": Drawing("families", recorded="gradients", options=BAND),
    "beta_smoothness": Drawing("families", recorded="gradients", options=BAND),
    "santurkar": Drawing("runs", recorded="line_probe", options=BAND),
}


def check(name: str, figure: Figure, recorded: Mapping[str, set[str]]) -> None:
    """Refuse a figure that its module could not draw.

    Args:
        recorded: what each of its runs, or all runs of a family, record.

    Raises:
        AblateError: it lacks something, or has an option that it does not take.
    """
    place, drawing = f"figures.{name}", DRAWINGS.get(name, Drawing(options=tuple(figure.options)))
    if drawing.shows == "summary" and "summary" not in figure.tables:
        raise AblateError(f"{place}.tables: it is drawn from the table summary, list it")
    if drawing.shows == "runs" and not (figure.runs or figure.best_of):
        raise AblateError(f"{place}.runs: found none, it is drawn from runs: list study/row")
    if drawing.shows == "families" and not figure.families:
        raise AblateError(f"{place}.families: found none, it is drawn from families of runs")
    if drawing.images and not figure.images:
        raise AblateError(f"{place}.images: it shows images of the data, true is needed")
    for label, series in recorded.items() if drawing.recorded else ():
        if drawing.recorded not in series:
            raise AblateError(
                f"{place}: {label} does not record {drawing.recorded!r}, from which it is drawn; "
                "add it under record, where that run or family stands"
            )
    for option in figure.options:
        if option not in drawing.options:
            hint = nearest(option, list(drawing.options))
            raise AblateError(f"{place}.options: unknown key {option!r}; {hint}")
