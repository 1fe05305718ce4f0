"""Files of a finished run that were changed since: a figure says which, and shows none of them."""

import numpy as np
import pytest
import torch
from fake_runs import provenance, vouch, write_run

from ablate.errors import AblateError
from ablate.paths import Results
from ablate.runs import checkpoint, steps
from ablate.runs.finished import FinishedRun


@pytest.fixture
def run(tmp_path):
    """A run with all its files, and a record that vouches for them."""
    folder = write_run(tmp_path, "r")
    weights = torch.nn.Conv2d(3, 4, 3).state_dict()
    checkpoint.write(folder, weights, None, provenance())
    steps.write(folder, {"loss": np.arange(30.0)})
    vouch(folder)
    return FinishedRun(Results(tmp_path), "r", 0, "label")


READERS = {
    "history.csv": lambda run: run.history,
    "predictions.npz": lambda run: run.predictions,
    "steps.npz": lambda run: steps.read(run.folder, ["loss"]),
    "checkpoint.pt": lambda run: run.weights(),
}


def test_whole_files_come_back(run):
    assert run.weights()["weight"].shape == (4, 3, 3, 3)
    probabilities, labels = run.predictions
    assert len(probabilities) == len(labels)
    assert run.history["test_accuracy"].tolist() == [50, 80, 70]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-5],
        lambda content: b"",
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
    ],
)
def test_a_file_that_was_changed_is_not_shown(run, name, change):
    path = run.folder / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(
        AblateError,
        match=rf"{name} has been edited or cut short.*train this run alone anew: snakemake",
    ):
        READERS[name](run)


@pytest.mark.parametrize("name", READERS)
def test_a_file_without_its_record_is_not_shown(run, name):
    (run.folder / "training.json").unlink()
    with pytest.raises(AblateError, match=r"training\.json does not exist"):
        READERS[name](run)


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"hello"])
def test_predictions_that_are_none_are_named(run, content):
    (run.folder / "predictions.npz").write_bytes(content)
    vouch(run.folder)
    with pytest.raises(AblateError, match=r"predictions\.npz does not hold probabilities"):
        _ = run.predictions


def test_predictions_that_would_run_code_run_none(run, tmp_path):
    class Trap:
        def __reduce__(self):
            return (type(tmp_path).touch, (tmp_path / "sprung",))

    traps = np.array([Trap()], dtype=object)
    np.savez(run.folder / "predictions.npz", probabilities=traps, labels=traps)
    vouch(run.folder)
    with pytest.raises(AblateError, match="does not hold probabilities"):
        _ = run.predictions
    assert not (tmp_path / "sprung").exists()
