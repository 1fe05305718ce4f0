"""Figures of single runs: weights, curves, confusion, classes, calibration."""

import numpy as np
import pytest
import torch
from fake_runs import provenance, vouch
from scipy import stats
from small_results import CLASSES, HISTORY, write_data, write_run

from ablate.errors import AblateError
from ablate.evaluation.scores import ece
from ablate.figures import confusion, curves, per_class, reliability, weight_distribution
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.runs import ShownRun
from ablate.runs import checkpoint
from ablate.runs.finished import best_run, finished_runs

pytestmark = pytest.mark.usefixtures("styled")


def request(results, *runs, seeds=(0,)):
    entries = tuple(ShownRun(label=run, run=run, seeds=seeds) for run in runs)
    return Drawing(name="runs", results=Results(results), runs=entries)


def write_weights(results, run, values):
    folder = write_run(results, run)
    weight = torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1, 1)
    checkpoint.write(folder, {"conv1.weight": weight}, None, provenance())
    vouch(folder)


def test_weight_histograms_hold_every_weight_and_state_their_spread(tmp_path):
    wide = np.linspace(-0.5, 0.5, 101)
    narrow = np.linspace(-0.05, 0.05, 50)
    write_weights(tmp_path, "none", wide)
    write_weights(tmp_path, "strong", narrow)
    figure = weight_distribution.draw(request(tmp_path, "none", "strong"))
    top, bottom = figure.axes
    assert sum(bar.get_height() for bar in top.patches) == 101
    assert sum(bar.get_height() for bar in bottom.patches) == 50
    assert top.get_title("left") == f"none: sd {wide.std():.3g}, 20.8 % within ±0.1"
    assert bottom.get_title("left") == f"strong: sd {narrow.std():.3g}, 100.0 % within ±0.1"
    assert top.get_xlim() == bottom.get_xlim()
    assert top.get_ylim() == bottom.get_ylim()
    assert [line.get_xdata()[0] for line in top.lines] == [-0.1, 0.1]
    assert "of 101" in top.get_ylabel()


def test_weights_at_the_edge_count_as_within():
    assert weight_distribution.spread(np.array([-0.1, 0.1, 0.2, 0.0]))[1] == 75.0


def test_curves_are_the_history_and_drops_are_marked(tmp_path):
    write_run(tmp_path, "run", accuracy=80.0)
    accuracy, loss, rate = curves.draw(request(tmp_path, "run")).axes
    train, test = accuracy.lines[:2]
    assert list(train.get_ydata()) == HISTORY["train_accuracy"]
    assert list(test.get_ydata()) == HISTORY["test_accuracy"]
    assert list(loss.lines[1].get_ydata()) == HISTORY["test_loss"]
    assert list(rate.lines[0].get_ydata()) == HISTORY["lr"]
    for axes in (accuracy, loss, rate):
        assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"] == [2.5]
    assert accuracy.get_title("left") == "run: best 80.00 %"
    assert rate.get_xlabel() == "epoch (n = 1 seed)"
    assert loss.get_ylim()[0] == 0


def test_the_title_of_several_seeds_says_their_mean(tmp_path):
    for seed, accuracy in enumerate((70.0, 90.0)):
        write_run(tmp_path, "run", seed, accuracy=accuracy)
    accuracy = curves.draw(request(tmp_path, "run", seeds=(0, 1))).axes[0]
    assert accuracy.get_title("left") == "run: best 80.00 %, mean of 2"


def test_one_high_loss_does_not_flatten_the_others_and_is_named(tmp_path):
    epochs = 20
    history = {
        "epoch": range(1, epochs + 1),
        "step": range(10, 10 * epochs + 10, 10),
        "lr": [0.1] * epochs,
        "train_loss": [1.0] * epochs,
        "train_accuracy": [50.0] * epochs,
        "test_loss": [50.0, *[1.2] * (epochs - 1)],
        "test_accuracy": [50.0] * epochs,
        "seconds": [1.0] * epochs,
    }
    write_run(tmp_path, "run", history=history)
    loss = curves.draw(request(tmp_path, "run")).axes[1]
    assert loss.get_ylim()[1] < 2
    assert "1 above, up to 50" in [text.get_text() for text in loss.texts]


def test_curves_of_seeds_are_thin_about_their_mean(tmp_path):
    for seed, shift in ((0, 0.0), (1, 10.0)):
        shifted = {**HISTORY, "test_accuracy": [x + shift for x in HISTORY["test_accuracy"]]}
        write_run(tmp_path, "run", seed, 80.0 + shift, history=shifted)
    accuracy = curves.draw(request(tmp_path, "run", seeds=(0, 1))).axes[0]
    test = [line for line in accuracy.lines if line.get_color() == curves.TEST]
    assert [line.get_linewidth() for line in test] == [0.8, 0.8, 1.8]
    assert list(test[2].get_ydata()) == [x + 5 for x in HISTORY["test_accuracy"]]


def test_a_run_that_diverged_early_is_drawn_as_far_as_it_went(tmp_path):
    cut = {column: values[:1] for column, values in HISTORY.items()}
    cut["train_loss"] = [float("nan")]
    write_run(tmp_path, "run", history=cut, diverged=True)
    figure = curves.draw(request(tmp_path, "run"))
    figure.draw_without_rendering()
    assert list(figure.axes[0].lines[1].get_ydata()) == [45.0]


def test_gentle_schedules_have_no_drops():
    rates = 0.1 * 0.9 ** np.arange(20)
    assert not len(curves.drops({"epoch": np.arange(1.0, 21), "lr": rates}))


def test_drops_stand_between_the_epochs_they_fall_between():
    history = {"epoch": np.arange(1.0, 7), "lr": np.array([1, 1, 0.1, 0.1, 0.1, 0.01])}
    assert curves.drops(history).tolist() == [2.5, 5.5]


def best_model(results, counts):
    """A run whose confusion matrix is `counts`, and the data's manifest."""
    write_data(results)
    counts = np.array(counts)
    per_class = (100 * np.diag(counts) / counts.sum(axis=1)).tolist()
    accuracy = 100 * np.trace(counts) / counts.sum()
    write_run(
        *(results, "best", 0, accuracy), confusion=counts.tolist(), per_class_accuracy=per_class
    )
    write_run(results, "other", accuracy=accuracy - 1)
    return request(results, "other", "best")


def matrix():
    counts = np.eye(10, dtype=int) * 90 + 1
    counts[3, 5] = 30
    return counts


def test_confusion_writes_counts_and_colours_mistakes_alone(tmp_path):
    counts = matrix()
    axes = confusion.draw(best_model(tmp_path, counts)).axes[0]
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written[(5, 3)] == "30"
    assert written[(3, 5)] == "1"
    assert written[(0, 0)] == "91"
    coloured = axes.images[0].get_array()
    assert coloured.mask.sum() == 10
    assert coloured.max() == 30
    assert [label.get_text() for label in axes.get_yticklabels()] == list(CLASSES)
    wrong = counts.sum() - np.trace(counts)
    assert axes.get_title("left") == f"best, seed 0: {wrong} of 1,029 test images wrong"


def test_classes_are_bars_with_wilson_intervals_best_first(tmp_path):
    axes = per_class.draw(best_model(tmp_path, matrix())).axes[0]
    lengths = [bar.get_width() for bar in axes.patches]
    assert lengths == sorted(lengths, reverse=True)
    assert axes.get_yticklabels()[-1].get_text() == "cat"
    assert lengths[-1] == pytest.approx(100 * 91 / 129)
    assert "n = 100 to 129 images" in axes.get_xlabel()
    assert axes.get_xlim()[1] >= 100


@pytest.mark.parametrize(("right", "images"), [(0, 10), (10, 10), (91, 129), (1, 1000)])
def test_wilson_interval_is_scipys(right, images):
    expected = stats.binomtest(right, images).proportion_ci(0.95, method="wilson")
    low, high = per_class.wilson(right, images)
    assert (low, high) == pytest.approx((100 * expected.low, 100 * expected.high), abs=1e-9)


def some_predictions(n=400):
    drawn = np.random.default_rng(0)
    logits = drawn.normal(size=(n, 10)) * 2
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return probabilities.astype(np.float32), drawn.integers(0, 10, n)


def test_bins_hold_every_image_and_give_the_calibration_error():
    probabilities, labels = some_predictions()
    bins = reliability.binned(probabilities, labels)
    assert bins.counts.sum() == 400
    gaps = np.nan_to_num(np.abs(bins.accuracy - bins.confidence))
    error = (gaps * bins.counts).sum() / 400
    assert error == pytest.approx(ece.score(probabilities, labels))


def test_reliability_draws_a_bar_a_bin_and_states_the_error(tmp_path):
    probabilities, labels = some_predictions()
    write_run(tmp_path, "best", probabilities=probabilities, labels=labels)
    top, bottom = reliability.draw(request(tmp_path, "best")).axes
    bins = reliability.binned(probabilities, labels)
    heights = np.array([bar.get_height() for bar in top.patches])
    assert heights == pytest.approx(bins.accuracy, nan_ok=True)
    assert [bar.get_height() for bar in bottom.patches] == bins.counts.tolist()
    error = ece.score(probabilities, labels)
    assert top.get_title("left") == f"best, seed 0: ECE {100 * error:.2f} % (15 bins)"
    assert top.get_xlim() == top.get_ylim() == (0, 1)
    assert "n = 400" in bottom.get_xlabel()


def test_the_best_run_is_chosen_over_all_seeds(tmp_path):
    for run, seed, accuracy in (("a", 0, 80.0), ("a", 1, 82.0), ("b", 0, 82.0), ("b", 1, 79.0)):
        write_run(tmp_path, run, seed, accuracy)
    runs = finished_runs(Results(tmp_path), request(tmp_path, "a", "b", seeds=(0, 1)).runs)
    assert (best_run(runs).run, best_run(runs).seed) == ("a", 1)


def test_with_partial_unfinished_runs_are_left_out_and_none_is_an_error(tmp_path):
    write_run(tmp_path, "a", 0, 80.0)
    entries = request(tmp_path, "a", "b", seeds=(0, 1)).runs
    finished = finished_runs(Results(tmp_path), entries, partial=True)
    assert [run.id for run in finished] == [("a", 0)]
    with pytest.raises(AblateError, match="No run has finished"):
        best_run([])
    with pytest.raises(AblateError, match=r"b/seed0/metrics\.json does not exist"):
        best_run(finished_runs(Results(tmp_path), entries[1:]))
