"""What the figures by epoch and by learning rate show of the VGG runs."""

import math

import numpy as np
import pytest
from small_results import write_run

from ablate.figures import dropout_test_loss, framing, style, vgg19_collapse, vgg_bn_accuracy
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.runs import FamilyMember, ShownFamily, ShownRun


@pytest.fixture(autouse=True)
def styled():
    with style.applied():
        yield


def history(test_accuracy, test_loss=None, train_loss=None):
    epochs = len(test_accuracy)
    falling = [2.0 / (1 + epoch) for epoch in range(epochs)]
    return {
        "epoch": range(1, epochs + 1),
        "step": range(10, 10 * epochs + 1, 10),
        "lr": [0.001] * epochs,
        "train_loss": train_loss or falling,
        "train_accuracy": [accuracy + 5 for accuracy in test_accuracy],
        "test_loss": test_loss or falling,
        "test_accuracy": test_accuracy,
        "seconds": [1.0] * epochs,
    }


def entry(results, run, *histories, **others):
    """A run with a seed a history."""
    for seed, written in enumerate(histories):
        write_run(results, run, seed, max(written["test_accuracy"], default=0), history=written)
    kind = FamilyMember if others else ShownRun
    return kind(label=run.upper(), run=run, seeds=range(len(histories)), **others)


def request(results, runs=(), families=()):
    return Drawing(
        name="epochs", results=Results(results), title="A title", runs=runs, families=families
    )


def family(name, *members):
    return ShownFamily(name=name, label=name.upper(), members=members)


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def dots(axes):
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.lines
        if line.get_marker() == "o" and len(line.get_xdata()) == 1
    ]


def test_both_networks_show_training_and_test_accuracy_and_their_best(tmp_path):
    plain = entry(tmp_path, "plain", history([30, 60, 55]))
    bn = entry(tmp_path, "bn", history([40, 70, 80]))
    figure = vgg_bn_accuracy.draw(request(tmp_path, [plain, bn]))
    [axes] = figure.axes
    drawn = [
        (line.get_color(), line.get_linestyle(), line.get_ydata().tolist())
        for line in axes.lines
        if len(line.get_xdata()) > 1
    ]
    assert drawn == [
        (framing.PLAIN, "--", [35, 65, 60]),
        (framing.PLAIN, "-", [30, 60, 55]),
        (framing.NORMALISED, "--", [45, 75, 85]),
        (framing.NORMALISED, "-", [40, 70, 80]),
    ]
    assert dots(axes) == [(2, 60), (3, 80)]
    assert "PLAIN: best test 60.00 % (dot; 1 seed)" in legend(figure)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "accuracy, %")


def test_seeds_are_thin_and_their_mean_is_thick(tmp_path):
    both = entry(tmp_path, "plain", history([30, 60, 55]), history([40, 50]))
    figure = vgg_bn_accuracy.draw(request(tmp_path, [both]))
    [axes] = figure.axes
    test = [line for line in axes.lines if line.get_linestyle() == "-"]
    thin = [line.get_ydata().tolist() for line in test if line.get_linewidth() < 1]
    thick = [line.get_ydata().tolist() for line in test if line.get_linewidth() > 1]
    assert thin == [[30, 60, 55], [40, 50]]
    assert thick == [[35, 55]]
    assert "PLAIN: best test 55.00 % (dot; mean of 2 seeds)" in legend(figure)


def test_a_run_that_diverged_in_its_first_epoch_leaves_the_other_alone(tmp_path):
    lost, bn = entry(tmp_path, "lost", history([])), entry(tmp_path, "bn", history([40, 70]))
    [axes] = vgg_bn_accuracy.draw(request(tmp_path, [lost, bn])).axes
    assert dots(axes) == [(2, 70)]


@pytest.fixture
def collapse(tmp_path):
    """One rate that trains, one at chance throughout, one that only begins there."""
    still = [math.log(10)] * 3
    return family(
        "vgg_19",
        entry(tmp_path, "fast", history([10.0] * 3, train_loss=still), lr=0.002),
        entry(tmp_path, "slow", history([30.0, 50.0, 60.0]), lr=0.0001),
        entry(tmp_path, "late", history([10.0, 10.01, 20.0]), lr=0.0002),
    )


def test_collapse_shows_accuracy_and_loss_of_every_rate_in_order(tmp_path, collapse):
    figure = vgg19_collapse.draw(request(tmp_path, families=[collapse]))
    accuracy, loss = figure.axes
    accuracies = [[*line.get_ydata()] for line in accuracy.lines]
    assert accuracies[:3] == [[30, 50, 60], [10, 10.01, 20], [10, 10, 10]]
    assert [*loss.lines[2].get_ydata()] == pytest.approx([math.log(10)] * 3)
    assert accuracy.lines[3].get_ydata()[0] == 10
    assert loss.lines[3].get_ydata()[0] == pytest.approx(math.log(10))
    widths = [line.get_linewidth() for line in accuracy.lines[:3]]
    assert widths == sorted(widths, reverse=True)


def test_thick_lines_at_the_top_are_drawn_whole(tmp_path, collapse):
    figure = vgg19_collapse.draw(request(tmp_path, families=[collapse]))
    for axes in figure.axes:
        assert axes.get_ylim()[1] > max(max(line.get_ydata()) for line in axes.lines) * 1.05


def test_collapse_counts_the_epochs_exactly_at_chance(tmp_path, collapse):
    figure = vgg19_collapse.draw(request(tmp_path, families=[collapse]))
    assert legend(figure) == [
        "rate 0.0001: exactly at chance in 0 of 3 epochs",
        "rate 0.0002: exactly at chance in 1 of 3 epochs",
        "rate 0.002: exactly at chance in 3 of 3 epochs",
    ]
    assert "VGG_19, 1 seed. Dashed: chance, 10 %" in figure.get_supxlabel()
    assert "ln 10 = 2.3026" in figure.get_supxlabel()


def test_dropout_shows_lowest_and_last_test_loss_by_rate(tmp_path):
    accuracies = [30, 50, 60]
    drop = family(
        "dropout",
        entry(tmp_path, "d2", history(accuracies, test_loss=[3.0, 0.9, 2.5]), lr=0.002),
        entry(tmp_path, "d1", history(accuracies, test_loss=[2.0, 0.8, 1.5]), lr=0.001),
    )
    bn = family("bn", entry(tmp_path, "b1", history(accuracies, test_loss=[2, 1, 0.7]), lr=0.001))
    figure = dropout_test_loss.draw(request(tmp_path, families=[drop, bn]))
    [axes] = figure.axes
    drawn = [
        (line.get_color(), line.get_linestyle(), line.get_xdata().tolist(), list(line.get_ydata()))
        for line in axes.lines
    ]
    assert drawn == [
        (framing.DROPPED, "-", [0.001, 0.002], [0.8, 0.9]),
        (framing.DROPPED, "--", [0.001, 0.002], [1.5, 2.5]),
        (framing.NORMALISED, "-", [0.001], [0.7]),
        (framing.NORMALISED, "--", [0.001], [0.7]),
    ]
    assert axes.get_xscale() == "log"
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0.001", "0.002"]
    assert axes.get_ylim()[0] == 0
    assert legend(figure) == [
        "at its lowest epoch",
        "at the last epoch",
        "DROPOUT (2 rates, 1 seed)",
        "BN (1 rate, 1 seed)",
    ]


def test_a_loss_that_is_not_finite_is_left_out_of_the_lowest_and_has_no_last(tmp_path):
    lost = history([30, 50, 10], test_loss=[2.0, 1.0, math.inf])
    member = entry(tmp_path, "d1", lost, lr=0.001)
    [axes] = dropout_test_loss.draw(request(tmp_path, families=[family("d", member)])).axes
    assert list(axes.lines[0].get_ydata()) == [1.0]
    assert np.isnan(axes.lines[1].get_ydata()[0])


def test_several_seeds_are_spanned_by_a_line(tmp_path):
    seeds = [history([30, 50], test_loss=[2.0, loss]) for loss in (1.0, 1.4)]
    member = entry(tmp_path, "d1", *seeds, lr=0.001)
    figure = dropout_test_loss.draw(request(tmp_path, families=[family("d", member)]))
    [axes] = figure.axes
    assert list(axes.lines[0].get_ydata()) == [pytest.approx(1.2)]
    spans = [segment[:, 1].tolist() for c in axes.collections for segment in c.get_segments()]
    assert spans == [[1.0, 1.4], [1.0, 1.4]]
    assert "D (1 rate, mean of 2 seeds)" in legend(figure)
