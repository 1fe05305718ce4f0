"""Damaged files of a finished run: a figure says which, and nothing in them is run."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from fake_runs import write_run

from ablate.errors import AblateError
from ablate.runs import checkpoints
from ablate.runs.finished import FinishedRun


@pytest.fixture
def run(tmp_path):
    """A run with a checkpoint of one layer, and the digests of all its files in its record."""
    folder = write_run(tmp_path, "r")
    weights = torch.nn.Conv2d(3, 4, 3).state_dict()
    checkpoints.write(folder / "checkpoint.pt", weights, None, {})
    record = json.loads((folder / "training.json").read_text())
    content = (folder / "checkpoint.pt").read_bytes()
    record["outputs"]["checkpoint.pt"] = hashlib.sha256(content).hexdigest()
    (folder / "training.json").write_text(json.dumps(record))
    return FinishedRun(str(tmp_path), "r", 0, "label")


def test_whole_files_come_back(run):
    assert run.weights()["weight"].shape == (4, 3, 3, 3)
    probabilities, labels = run.predictions
    assert len(probabilities) == len(labels)


@pytest.mark.parametrize("cut", [0, 1, 1000])
def test_a_truncated_checkpoint_is_named(run, cut):
    damage(run.folder / "checkpoint.pt", lambda content: content[:cut])
    with pytest.raises(AblateError, match=r"checkpoint\.pt is no whole checkpoint"):
        run.weights()


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_one_flipped_bit_of_a_checkpoint_is_told(run, place):
    damage(run.folder / "checkpoint.pt", lambda content: flipped(content, place))
    with pytest.raises(AblateError, match=r"checkpoint\.pt is no whole checkpoint \(its sha256"):
        run.weights()


def test_a_checkpoint_that_would_run_code_runs_none(run, tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    # Without a record to tell the change, it still must not run.
    (run.folder / "training.json").unlink()
    torch.save({"weights": {"weight": Trap()}, "provenance": "{}"}, run.folder / "checkpoint.pt")
    with pytest.raises(AblateError, match="more than tensors and text"):
        run.weights()
    assert not (tmp_path / "sprung").exists()
    torch.load(run.folder / "checkpoint.pt", weights_only=False)
    assert (tmp_path / "sprung").exists(), "the trap would have sprung"


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"hello"])
def test_damaged_predictions_are_named(run, content):
    (run.folder / "predictions.npz").write_bytes(content)
    with pytest.raises(AblateError, match=r"predictions\.npz does not hold probabilities"):
        _ = run.predictions


def test_predictions_that_would_run_code_run_none(run, tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    traps = np.array([Trap()], dtype=object)
    np.savez(run.folder / "predictions.npz", probabilities=traps, labels=traps)
    with pytest.raises(AblateError, match="does not hold probabilities"):
        _ = run.predictions
    assert not (tmp_path / "sprung").exists()


def damage(path: Path, change) -> None:
    path.write_bytes(change(path.read_bytes()))


def flipped(content: bytes, place: float) -> bytes:
    changed = bytearray(content)
    changed[int(place * len(content))] ^= 1
    return bytes(changed)
