"""One number a run, as claims ask for it."""

import json

import numpy as np
import pytest
from fake_runs import history_text, measured_run, vouch, write_series

from ablate.measures.numbers import NotMeasured, of_family, of_run
from ablate.paths import Results
from ablate.requests.runs import ShownRun
from ablate.runs import events
from ablate.runs.finished import FinishedRun
from ablate.settings.quantities import (
    Change,
    EpochsTo,
    ErrorsWithin,
    JumpAtDrop,
    MeanLoss,
    OfBand,
    OfRun,
    WeightsSd,
    WeightsWithin,
)

SERIES = {"loss": np.arange(10.0)}


@pytest.fixture
def run(tmp_path):
    """A run of ten epochs whose rate drops at the fifth and the eighth."""
    accuracies = (10, 20, 30, 30, 60, 62, 61, 80, 81, 79.0)
    lines = history_text(accuracies).splitlines()
    rates = [0.1] * 4 + [0.01] * 3 + [0.001] * 3
    changed = [
        ",".join([*line.split(",")[:2], str(rate), *line.split(",")[3:]])
        for line, rate in zip(lines[1:], rates, strict=True)
    ]
    text = "\n".join([lines[0], *changed]) + "\n"
    settings = {"model": {"name": "resnet18"}, "epochs": 10}
    measured_run(tmp_path, "r", 0, accuracies=accuracies, history=text, settings=settings)
    return FinishedRun(Results(tmp_path), "r", 0, "R")


def test_the_jump_at_a_drop_of_the_rate(run):
    found = [of_run(run, JumpAtDrop(name="jump_at_drop", drop=drop)) for drop in (1, 2)]
    assert found == pytest.approx([61 - 80 / 3, 80 - 61])
    with pytest.raises(NotMeasured, match="R: its rate does not drop so often"):
        of_run(run, JumpAtDrop(name="jump_at_drop", drop=3))


def test_the_first_epoch_of_a_training_accuracy(run):
    assert of_run(run, EpochsTo(name="epochs_to", train_accuracy=93)) == 3
    beyond = EpochsTo.model_construct(name="epochs_to", train_accuracy=100.5)
    with pytest.raises(NotMeasured, match=r"100\.5 % training accuracy was not reached"):
        of_run(run, beyond)


def test_the_change_between_two_epochs(run):
    asked = Change(name="change", of="test_accuracy", start=4, end=9)
    assert of_run(run, asked) == pytest.approx((80 + 81 + 79) / 3 - (30 + 30 + 60) / 3)
    with pytest.raises(NotMeasured, match="too few epochs"):
        of_run(run, asked.model_copy(update={"start": 8}))


def test_what_the_summary_says(run):
    assert of_run(run, OfRun(name="parameters")) == 11_173_962
    assert of_run(run, OfRun(name="seconds")) == 60
    assert of_run(run, OfRun(name="train_accuracy")) == 100


def test_times_of_a_shared_device_do_not_count(tmp_path):
    measured_run(tmp_path, "r", 0, shared_device=True)
    with pytest.raises(NotMeasured, match="shared their device"):
        of_run(FinishedRun(Results(tmp_path), "r", 0, "R"), OfRun(name="seconds"))


def test_errors_inside_groups_of_classes(run, tmp_path):
    asked = ErrorsWithin(name="errors_within", groups=[["a", "b"]])
    with pytest.raises(NotMeasured, match="no longer packed"):
        of_run(run, asked)
    manifest = Results(tmp_path).manifest
    manifest.parent.mkdir()
    manifest.write_text(json.dumps({"classes": list("abcdefghij")}))
    # Wrong predictions name the next class: of the errors of a, b, ... those of a fall on b.
    counts = np.array(run.metrics.confusion)
    errors = counts.sum() - np.trace(counts)
    inside = counts[0, 1] + counts[1, 0]
    assert of_run(run, asked) == pytest.approx(100 * (inside / errors - 2 / 90))
    with pytest.raises(NotMeasured, match="no class 'cat'"):
        of_run(run, asked.model_copy(update={"groups": [["cat", "dog"]]}))


def test_the_mean_loss_of_a_part(tmp_path):
    write_series(Results(tmp_path).run("r", 0), **SERIES)
    run = FinishedRun(Results(tmp_path), "r", 0, "R")
    assert of_run(run, MeanLoss(name="mean_loss", part="first half")) == 2
    assert of_run(run, MeanLoss(name="mean_loss", part="whole run")) == 4.5


def test_the_band_of_a_family(tmp_path):
    for name, factor in (("low", 1), ("high", 3)):
        write_series(Results(tmp_path).run(name, 0), loss=factor * np.arange(1.0, 11))
    members = [ShownRun(run=name, seeds=(0,)) for name in ("low", "high")]

    def value(**asked):
        band = OfBand(name="band", of="loss_band", **asked)
        return of_family(Results(tmp_path), members, band)[0]

    assert value() == pytest.approx(2 * 5.5)
    assert value(value="width") == pytest.approx(2 * 5.5)
    assert value(value="high") == pytest.approx(3 * 5.5)
    assert value(part="last tenth", less="first tenth") == pytest.approx(2 * 9)


def test_the_first_layers_last_weights(run):
    within, sd = WeightsWithin(name="weights_within", distance=0.1), WeightsSd(name="weights_sd")
    with pytest.raises(NotMeasured, match="R: there is no histogram of its first layer's last"):
        of_run(run, sd)
    epoch = {"epoch": 1, "step": 10, "seconds": 1.0}
    weights = events.histogram(np.array([-0.05, 0.05, 0.05, 0.5]))
    no_mistakes = np.zeros(0, np.uint8)
    events.write(run.folder, "2024-01-01T00:00:00Z", [epoch], [weights], None, no_mistakes)
    vouch(run.folder)
    assert of_run(run, within) == 75
    assert of_run(run, sd) == pytest.approx(np.std([-0.05, 0.05, 0.05, 0.5]))
