"""Figure 7: the best model's most confident mistakes."""

from matplotlib.figure import Figure

from ablate.data.dataset import load
from ablate.errors import AblateError
from ablate.figures import style
from ablate.figures.lettering import class_names
from ablate.figures.pictures import channels_last
from ablate.requests.figure import Drawing
from ablate.runs.finished import best_run, finished_runs
from ablate.runs.predictions import mistakes

NEEDS = {"shows": "runs", "images": True, "options": ["count"]}

COUNT, COLUMNS = 24, 6


def draw(request: Drawing) -> Figure:
    """The test images that the best run is surest of and wrong about, surest first.

    `options.count` says how many, 24 by default.
    """
    run = best_run(finished_runs(request.results, request.runs))
    data = load(request.results.data)
    probabilities, labels = run.predictions
    if len(labels) != len(data.test_images):
        raise AblateError(
            f"{run.folder / 'predictions.npz'} is about {len(labels)} images, the packed data "
            f"hold {len(data.test_images)}: the data changed; give the same command again."
        )
    chosen = mistakes(probabilities, labels)
    shown = chosen[: request.options.get("count", COUNT)]
    columns = style.columns(COLUMNS, COUNT)
    rows = max(1, -(-len(shown) // columns))
    figure = style.figure(height=0.7 + 1.75 * rows, gap=0.12)
    cells = figure.subplots(rows, columns, squeeze=False)
    for axes in cells.flat:
        axes.set_axis_off()
    classes = class_names(data.manifest.classes)
    for axes, index in zip(cells.flat, shown, strict=False):
        predicted = int(probabilities[index].argmax())
        axes.imshow(channels_last(data.test_images[index]))
        axes.set_title(
            f"✗ {classes[predicted]} {_percent(probabilities[index, predicted])}\n"
            f"✓ {classes[labels[index]]}",
            loc="center",
            fontsize=9,
            fontweight="normal",
            pad=4,
        )
    wrong = f"{len(chosen):,} of {len(labels):,} test images wrong"
    figure.suptitle(f"{run.label}, seed {run.seed}: {wrong}", x=0.01, ha="left")
    figure.supxlabel(
        "✗ the class that was predicted, with its probability; ✓ the true class", fontsize=10
    )
    return figure


def _percent(probability: float) -> str:
    """A probability as percent; nothing short of certainty is called 100 %."""
    return ">99.9 %" if probability > 0.9995 else f"{100 * probability:.1f} %"
