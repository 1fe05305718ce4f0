"""Names of classes are drawn letter by letter, in every script, and however many there are."""

import io
import warnings

import numpy as np
import pytest
from small_results import write_data, write_run

from ablate.figures import confusion, lettering, misclassified, per_class, samples
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.runs import ShownRun

FORMULAS = ("$0-$50", "$50-$100", "A$_$", r"$\frac{$", "50% {x} ^", "plain")
CJK = ("猫", "いぬ", "고양이", "plain")
# Of a private use area: no font has it.
NOWHERE = "\ue123"


pytestmark = pytest.mark.usefixtures("styled")


def drawn(figure):
    """The figure's SVG; a formula that does not parse or a glyph that is missing is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file = io.BytesIO()
        figure.savefig(file, format="svg")
    return file.getvalue()


def best_model(results, classes):
    """A run over images of these classes that gets some of each class wrong."""
    count = len(classes)
    write_data(results, classes=classes, train=2, test=2)
    labels = np.tile(np.arange(count), 2)
    probabilities = np.full((2 * count, count), 0.1 / count)
    predicted = np.where(np.arange(2 * count) < count, labels, (labels + 1) % count)
    probabilities[np.arange(2 * count), predicted] = 0.9
    counts = np.zeros((count, count), int)
    np.add.at(counts, (labels, predicted), 1)
    write_run(
        *(results, "best", 0, 50.0),
        probabilities=probabilities,
        labels=labels,
        confusion=counts.tolist(),
        per_class_accuracy=[50.0] * count,
    )
    runs = (ShownRun(label="Best", run="best", seeds=(0,)),)
    return Drawing(name="best", results=Results(results), runs=runs)


def texts(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.mark.parametrize("module", [confusion, per_class, misclassified, samples])
@pytest.mark.parametrize("classes", [FORMULAS, (*FORMULAS, NOWHERE, "x" * 255)])
def test_class_names_are_no_formulas(tmp_path, module, classes):
    assert drawn(module.draw(best_model(tmp_path, classes)))


def test_axes_name_the_classes_as_they_are_written(tmp_path):
    axes = confusion.draw(best_model(tmp_path, FORMULAS)).axes[0]
    assert [name.replace(r"\$", "$") for name in texts(axes)] == list(FORMULAS)


@pytest.mark.parametrize("module", [confusion, per_class, misclassified, samples])
def test_other_scripts_are_never_boxes(tmp_path, module):
    assert drawn(module.draw(best_model(tmp_path, CJK)))


def test_what_no_font_has_is_spelled_by_its_number(monkeypatch):
    assert lettering.literal(f"a{NOWHERE}$") == r"a[U+E123]\$"
    fonts = lettering._fonts()[:1]
    lettering._can_be_drawn.cache_clear()
    monkeypatch.setattr(lettering, "_fonts", lambda: fonts)
    assert lettering.literal("猫 cat é β") == "[U+732B] cat é β"
    lettering._can_be_drawn.cache_clear()


def test_a_hundred_classes_are_shown_by_colours_and_their_commonest_mistakes(tmp_path):
    classes = tuple(f"class {i}" for i in range(100))
    figure = confusion.draw(best_model(tmp_path, classes))
    axes = figure.axes[0]
    assert not axes.texts
    assert texts(axes)[:2] == ["class 0", "class 2"]
    assert "class 0 taken for class 1: 1" in figure.get_supxlabel()
    assert len(figure.axes) == 2
    assert drawn(figure)


def test_a_hundred_classes_keep_figures_within_reach(tmp_path):
    request = best_model(tmp_path, tuple(f"class {i}" for i in range(100)))
    bars = per_class.draw(request)
    assert len(texts(bars.axes[0])) == 40
    assert "60 classes lie between" in [text.get_text() for text in bars.axes[0].texts]
    assert "the first 20 of 100 classes" in samples.draw(request).get_suptitle()
    for figure in (bars, samples.draw(request), confusion.draw(request)):
        assert max(figure.get_size_inches()) < 20
