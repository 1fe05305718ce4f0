"""Figures that show images: samples, kernels, feature maps, mistakes."""

import numpy as np
import pytest
import torch
from fake_runs import provenance, vouch
from small_results import CLASSES, SETTINGS, write_data, write_run
from torch import nn

from ablate.errors import AblateError
from ablate.figures import misclassified, samples, stem_feature_maps, stem_kernels
from ablate.figures.pictures import grid
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.runs import ShownRun
from ablate.runs import checkpoint
from ablate.steps import figure as step

pytestmark = pytest.mark.usefixtures("styled")


def pictures(figure):
    """The arrays of every image shown, in order of the panels."""
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def write_stem(results, run="stem", kernels=5, size=7, stride=2, bias=False, **normalize):
    """A run whose checkpoint holds one convolution and a Linear layer."""
    torch.manual_seed(0)
    layer = nn.Conv2d(3, kernels, size, stride, padding=size // 2, bias=bias)
    weights = {f"conv1.{name}": tensor for name, tensor in layer.state_dict().items()}
    settings = {**SETTINGS, "model": {**SETTINGS["model"], "stem_stride": stride}, **normalize}
    folder = write_run(results, run, settings=settings)
    checkpoint.write(folder, {**weights, "fc.weight": torch.ones(10, 4)}, None, provenance())
    vouch(folder)
    return layer


def request(results, **more):
    runs = (ShownRun(label="7x7 stem", run="stem", seeds=(0,)),)
    return Drawing(**{"name": "images", "results": Results(results), "runs": runs, **more})


def test_samples_show_a_row_a_class(tmp_path):
    arrays = write_data(tmp_path, train=4)
    figure = samples.draw(request(tmp_path, options={"columns": 3}))
    shown = pictures(figure)
    assert len(shown) == 30
    frogs = arrays["train_images"][arrays["train_labels"] == CLASSES.index("frog")]
    for picture, image in zip(shown[18:21], frogs, strict=False):
        assert (picture == image.transpose(1, 2, 0)).all()
    assert [axes.texts[0].get_text() for axes in figure.axes[::3]] == list(CLASSES)
    assert figure.get_suptitle() == "noise: 40 training and 40 test images"


def test_samples_of_a_class_with_few_images_leave_cells_empty(tmp_path):
    write_data(tmp_path, train=2)
    assert len(pictures(samples.draw(request(tmp_path)))) == 20


def test_a_subset_is_called_one(tmp_path):
    write_data(tmp_path)
    path = Results(tmp_path).manifest
    path.write_text(path.read_text().replace('"train_of": 40', '"train_of": 50000'))
    title = samples.draw(request(tmp_path)).get_suptitle()
    assert title == "noise: 40 training (of 50,000) and 40 test images"


def test_every_kernel_is_drawn_about_grey(tmp_path):
    layer = write_stem(tmp_path)
    figure = stem_kernels.draw(request(tmp_path))
    shown = pictures(figure)
    assert len(shown) == 5
    for picture, kernel in zip(shown, layer.weight.detach().numpy(), strict=True):
        assert picture.shape == (7, 7, 3)
        back = (picture - 0.5) * 2 * np.abs(kernel).max()
        assert back.transpose(2, 0, 1) == pytest.approx(kernel, abs=1e-6)
    assert figure.get_suptitle() == "5 first-layer kernels, 7×7"
    assert "7x7 stem: best epoch of seed 0, 80.0 %" in figure.get_supxlabel()


def test_a_kernel_of_zeros_is_grey():
    assert (stem_kernels.coloured(np.zeros((1, 3, 2, 2), np.float32)) == 0.5).all()


@pytest.mark.parametrize("count", [1, 5, 16, 64, 12])
def test_grids_hold_every_kernel(count):
    rows, columns = grid(count)
    assert rows <= columns
    assert rows * columns >= count > (rows - 1) * columns


def test_feature_maps_are_the_convolution_of_the_normalised_frog(tmp_path):
    arrays = write_data(tmp_path)
    layer = write_stem(tmp_path)
    shown = pictures(stem_feature_maps.draw(request(tmp_path)))
    frog = arrays["test_images"][arrays["test_labels"] == CLASSES.index("frog")][0]
    assert (shown[0] == frog.transpose(1, 2, 0)).all()
    inputs = (torch.from_numpy(frog).float() / 255 - 0.5) / 0.25
    with torch.no_grad():
        expected = layer(inputs[None])[0].numpy()
    assert len(shown) == 1 + 5
    assert shown[1].shape == (16, 16)
    assert np.stack(shown[1:]) == pytest.approx(expected, abs=1e-5)


def test_feature_maps_follow_the_runs_own_normalisation_and_bias(tmp_path):
    arrays = write_data(tmp_path)
    layer = write_stem(tmp_path, size=3, stride=1, bias=True, normalize={"mean": 0.25, "std": 2.0})
    shown = pictures(stem_feature_maps.draw(request(tmp_path, options={"image": 1})))
    frog = arrays["test_images"][arrays["test_labels"] == CLASSES.index("frog")][1]
    inputs = (torch.from_numpy(frog).float() / 255 - 0.25) / 2.0
    with torch.no_grad():
        expected = layer(inputs[None])[0].numpy()
    assert np.stack(shown[1:]) == pytest.approx(expected, abs=1e-5)


def test_without_frogs_the_first_class_is_shown(tmp_path):
    write_data(tmp_path, classes=("circle", "square"))
    write_stem(tmp_path)
    figure = stem_feature_maps.draw(request(tmp_path))
    assert "test image: circle" in [axes.get_title() for axes in figure.axes]


def test_a_run_without_kept_weights_is_named(tmp_path):
    folder = write_run(tmp_path, "stem")
    checkpoint.write(folder, None, None, provenance())
    vouch(folder)
    with pytest.raises(AblateError, match=r"stem/seed0/checkpoint\.pt.*keep: none"):
        stem_kernels.draw(request(tmp_path))


@pytest.mark.parametrize("kept", [True, False])
def test_a_partial_report_says_that_weights_were_not_kept(tmp_path, kept):
    folder = write_run(tmp_path, "stem")
    if kept:
        checkpoint.write(folder, None, None, provenance())
        vouch(folder)
    asked = request(tmp_path).model_copy(update={"name": "stem_kernels", "partial": True})
    step.draw(asked, tmp_path / "kernels.png")
    assert "Its weights were not kept" in (tmp_path / "kernels.svg").read_text()
    with pytest.raises(AblateError, match="partial: true leaves them out"):
        step.draw(asked.model_copy(update={"partial": False}), tmp_path / "kernels.png")


def probabilities(predicted, confidence):
    """Rows of ten probabilities with `confidence` at the predicted class."""
    rest = (1 - np.asarray(confidence)) / 9
    rows = np.repeat(rest[:, None], 10, axis=1)
    rows[np.arange(len(predicted)), predicted] = confidence
    return rows


def test_mistakes_of_the_best_run_stand_most_confident_first(tmp_path):
    arrays = write_data(tmp_path, test=1)
    labels = arrays["test_labels"]
    predicted = labels.copy()
    predicted[[2, 5, 7]] = [3, 6, 0]
    confidence = np.full(10, 0.6)
    confidence[[2, 5, 7]] = [0.7, 0.9999, 0.955]
    write_run(tmp_path, "poor", accuracy=10.0)
    write_run(
        *(tmp_path, "good", 0, 70.0),
        probabilities=probabilities(predicted, confidence),
        labels=labels,
    )
    runs = tuple(ShownRun(label=run, run=run, seeds=(0,)) for run in ("poor", "good"))
    figure = misclassified.draw(request(tmp_path, runs=runs))
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in shown] == [
        "✗ frog >99.9 %\n✓ dog",
        "✗ airplane 95.5 %\n✓ horse",
        "✗ cat 70.0 %\n✓ bird",
    ]
    for picture, index in zip(pictures(figure), (5, 7, 2), strict=True):
        assert (picture == arrays["test_images"][index].transpose(1, 2, 0)).all()
    assert figure.get_suptitle() == "good, seed 0: 3 of 10 test images wrong"


def test_a_model_without_mistakes_shows_none(tmp_path):
    labels = write_data(tmp_path, test=1)["test_labels"]
    everything = probabilities(labels, np.full(10, 0.9))
    write_run(tmp_path, "stem", probabilities=everything, labels=labels)
    figure = misclassified.draw(request(tmp_path))
    assert pictures(figure) == []
    assert "0 of 10" in figure.get_suptitle()


def test_predictions_about_other_data_are_refused(tmp_path):
    write_data(tmp_path, test=2)
    labels = np.arange(10)
    everything = probabilities(labels, np.full(10, 0.9))
    write_run(tmp_path, "stem", probabilities=everything, labels=labels)
    with pytest.raises(AblateError, match="about 10 images, the packed data hold 20"):
        misclassified.draw(request(tmp_path))
