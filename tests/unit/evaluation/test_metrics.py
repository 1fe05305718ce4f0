"""Measures of a run: against independent computations, and which files are refused."""

import hashlib
import json
import math
import subprocess
import sys

import jsonschema
import numpy as np
import pytest
from asking import asked
from fake_runs import history_text, measured_run, predictions, write_run
from hypothesis import given, settings
from hypothesis import strategies as st

from ablate.errors import AblateError
from ablate.evaluation.chance import chance, is_at_chance
from ablate.evaluation.confusion import confusion, per_class_accuracy
from ablate.evaluation.metrics import metrics
from ablate.evaluation.scores import ece, scores
from ablate.generate.__main__ import METRICS
from ablate.paths import Results
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record
from ablate.steps.metrics import main

HOLDOUT = (
    "epoch,step,lr,train_loss,train_accuracy,test_loss,test_accuracy,"
    "holdout_loss,holdout_accuracy,seconds\n"
    "1,10,0.1,2.0,50,2.1,50,2.2,55,1\n"
    "2,20,0.1,1.0,70,1.1,80,1.9,60,1\n"
    "3,30,0.01,0.5,90,1.2,78,1.2,65,1\n"
)


@pytest.fixture(scope="module")
def published_schema():
    return json.loads(METRICS.read_text())


def test_numbers_of_an_ordinary_run(tmp_path):
    folder = write_run(tmp_path)
    found = metrics(folder)
    assert (found.best_accuracy, found.best_test_loss) == (80.0, 1.5)
    assert (found.last_accuracy, found.train_accuracy) == (70.0, 93.0)
    assert found.last_test_loss == pytest.approx(2 / 3 + 0.5)
    assert (found.chosen_epoch, found.chosen_accuracy) == (None, None)
    assert (found.classes, found.collapsed) == (10, False)
    assert found.provenance == Record.read(folder).provenance()
    record = (folder / "training.json").read_bytes()
    assert found.training_sha256 == hashlib.sha256(record).hexdigest()


def test_holdout_chooses_the_epoch(tmp_path):
    accuracies = (50, 80, 78)
    found = metrics(write_run(tmp_path, accuracies=accuracies, history=HOLDOUT))
    assert (found.best_accuracy, found.chosen_epoch, found.chosen_accuracy) == (80, 3, 78)


def test_confusion_and_per_class_accuracy_by_counting():
    probabilities = np.eye(3)[[0, 1, 1, 2, 0]]
    labels = np.array([0, 0, 1, 1, 1])
    counts = confusion(probabilities, labels)
    assert counts.tolist() == [[1, 1, 0], [1, 1, 1], [0, 0, 0]]
    shares = per_class_accuracy(counts)
    assert shares[:2] == pytest.approx([50, 100 / 3])
    assert math.isnan(shares[2])


def _error_by_looping(probabilities, labels, bins):
    total = 0.0
    for b in range(bins):
        inside = [
            (p.max(), p.argmax() == y)
            for p, y in zip(probabilities, labels, strict=True)
            if b / bins < p.max() <= (b + 1) / bins
        ]
        if inside:
            confidence, accuracy = (
                sum(values) / len(inside) for values in zip(*inside, strict=True)
            )
            total += len(inside) / len(labels) * abs(accuracy - confidence)
    return total


def test_every_score_stands_in_the_metrics():
    assert set(scores(np.eye(3), np.arange(3))) <= set(Metrics.model_fields)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.sampled_from([1, 5, 15]))
def test_calibration_error_is_the_definition(seed, classes, bins):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(classes, 0.3), size=60)
    labels = rng.integers(0, classes, 60)
    expected = _error_by_looping(probabilities, labels, bins)
    assert ece.score(probabilities, labels, bins) == pytest.approx(expected)


def test_calibration_error_of_the_certain_and_the_broken():
    certain = np.eye(4)
    assert ece.score(certain, np.arange(4)) == 0
    assert ece.score(certain, np.array([1, 2, 3, 0])) == 1
    assert math.isnan(ece.score(np.full((2, 2), np.nan), np.array([0, 1])))


def test_chance_is_the_commonest_class():
    assert chance(np.repeat(np.arange(10), 100)) == 10
    assert chance(np.array([0, 0, 0, 1])) == 75


def test_collapsed_up_to_three_standard_errors():
    labels = np.arange(10_000) % 10
    limit = 100 * (0.1 + 3 * math.sqrt(0.1 * 0.9 / 10_000))
    assert is_at_chance(limit - 1e-9, labels)
    assert not is_at_chance(limit + 0.01, labels)


@pytest.mark.parametrize("labels", [[0] * 50, [0, 1], [0, 0, 1, 1]])
def test_nothing_collapses_where_nobody_could_tell(labels):
    """Of one class, or of a handful of images, right answers to all prove nothing."""
    assert not any(is_at_chance(accuracy, np.array(labels)) for accuracy in (0.0, 50.0, 100.0))


def test_a_run_at_chance_is_collapsed(tmp_path):
    assert metrics(write_run(tmp_path, accuracies=(10.0, 10.0, 10.0))).collapsed


def test_a_run_that_diverges_counts_with_its_best_epoch(tmp_path, published_schema):
    history = history_text((60.0, 40.0)) + "3,30,0.1,nan,nan,nan,nan,1.5\n"
    accuracies = (60.0, 40.0, math.nan)
    folder = write_run(tmp_path, accuracies=accuracies, history=history, diverged=True)
    found = metrics(folder)
    assert (found.best_accuracy, found.provenance.best_epoch) == (60, 1)
    assert found.last_accuracy == 10
    assert found.train_loss is found.train_accuracy is found.last_test_loss is None
    found.write(folder)
    jsonschema.validate(json.loads((folder / "metrics.json").read_text()), published_schema)


def test_a_run_that_diverges_at_once_counts_as_chance(tmp_path, published_schema):
    history = history_text(()) + "1,10,0.1,nan,nan,nan,nan,1.5\n"
    arrays = np.full((1000, 10), np.nan, np.float32), np.arange(1000) % 10
    folder = write_run(
        tmp_path, accuracies=(math.nan,), history=history, arrays=arrays, diverged=True
    )
    found = metrics(folder)
    assert (found.best_accuracy, found.collapsed, found.ece) == (10, True, None)
    found.write(folder)
    jsonschema.validate(json.loads((folder / "metrics.json").read_text()), published_schema)


def test_the_published_schema_is_the_generated_one():
    assert METRICS.read_text() == Metrics.schema_text()


def test_real_output_fits_the_schema_and_strangers_do_not(tmp_path, published_schema):
    found = json.loads((measured_run(tmp_path, "r") / "metrics.json").read_text())
    validator = jsonschema.Draft202012Validator(published_schema)
    validator.check_schema(published_schema)
    validator.validate(found)
    provenance = found["provenance"]
    for wrong in (
        {**found, "extra": 1},
        {**found, "format": 2},
        {**found, "best_accuracy": 101.0},
        {**found, "provenance": {**provenance, "extra": 1}},
        {key: value for key, value in found.items() if key != "ece"},
    ):
        assert not validator.is_valid(wrong)


def test_equal_runs_give_equal_bytes(tmp_path):
    folder = write_run(tmp_path)
    metrics(folder).write(folder)
    first = (folder / "metrics.json").read_bytes()
    metrics(folder).write(folder)
    assert (folder / "metrics.json").read_bytes() == first


@pytest.mark.parametrize("name", ["training.json", "history.csv", "predictions.npz"])
def test_a_missing_or_short_file_is_named(tmp_path, name):
    folder = write_run(tmp_path)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(AblateError, match=rf"seed0/{name} .*train this run alone anew: snakemake"):
        metrics(folder)
    (folder / name).unlink()
    with pytest.raises(AblateError, match=rf"seed0/{name} does not exist"):
        metrics(folder)


def test_one_changed_digit_in_the_history_is_found(tmp_path):
    folder = write_run(tmp_path)
    text = (folder / "history.csv").read_text()
    (folder / "history.csv").write_text(text.replace("80.0", "81.0"))
    with pytest.raises(AblateError, match=r"history\.csv has been edited"):
        metrics(folder)


@pytest.mark.parametrize(
    ("history", "finding"),
    [
        (history_text((50.0, 80.0)).replace("test_loss", "loss"), "has no column test_loss"),
        (history_text((50.0, 80.0)).replace("\n2,", "\n3,"), "number its epochs 1 to 2"),
        (history_text((50.0, 80.0)).replace("80.0", "eighty"), "table of numbers"),
        (history_text((50.0, 80.0)).replace(",80.0", ""), "table of numbers"),
        (HOLDOUT.replace("holdout_loss", "other"), "without the other"),
        (history_text(()), "holds no epoch"),
        ("\n", "has no column epoch"),
    ],
)
def test_a_history_of_another_form_is_refused(tmp_path, history, finding):
    folder = write_run(tmp_path, accuracies=(50.0, 80.0), history=history)
    with pytest.raises(AblateError, match=rf"history.csv .*{finding}"):
        metrics(folder)


@pytest.mark.parametrize(
    ("arrays", "finding"),
    [
        ((np.zeros((3, 2)), np.zeros(4, int)), "should hold"),
        ((np.zeros((0, 2)), np.zeros(0, int)), "should hold"),
        ((np.zeros((2, 2)), np.array([0, 2])), "labels outside 0 to 1"),
        (predictions(20.0), "20.00 %.*80.00 %"),
    ],
)
def test_predictions_at_odds_are_refused(tmp_path, arrays, finding):
    with pytest.raises(AblateError, match=rf"predictions.npz .*{finding}"):
        metrics(write_run(tmp_path, arrays=arrays))


def test_a_best_epoch_that_is_not_the_best_is_refused(tmp_path):
    for seed, epoch in enumerate((1, 4, None)):
        folder = write_run(tmp_path, seed=seed, best_epoch=epoch)
        with pytest.raises(AblateError, match=f"names epoch {epoch} as the best"):
            metrics(folder)


def summed_up(results):
    """A run in a results tree, and the command line of the step that sums it up."""
    folder = write_run(results, "run")
    return folder, asked({"run": "run", "seed": 0}, results, [folder / "metrics.json"])


def test_the_step_writes_and_reports_errors_without_a_traceback(tmp_path, capsys):
    folder, command = summed_up(tmp_path)
    assert main(command) == 0
    assert Metrics.read(folder) == metrics(folder)
    (folder / "history.csv").unlink()
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_the_state_of_a_training_goes_once_its_metrics_are_there(tmp_path, capsys):
    folder, command = summed_up(tmp_path)
    state = Results(tmp_path).state("run", 0)
    state.mkdir(parents=True)
    (state / "0123.state").write_text("saved")
    history = (folder / "history.csv").read_bytes()
    (folder / "history.csv").unlink()
    assert main(command) == 1
    assert state.exists()
    (folder / "history.csv").write_bytes(history)
    assert main(command) == 0
    assert not state.parent.exists()
    assert main(command) == 0


def test_the_step_loads_neither_torch_nor_pandas():
    script = (
        "import sys, ablate.steps.metrics; "
        "sys.exit(any(m in sys.modules for m in ('torch', 'pandas', 'scipy')))"
    )
    workflow = METRICS.parents[1]
    assert subprocess.run([sys.executable, "-c", script], cwd=workflow).returncode == 0
