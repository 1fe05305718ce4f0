"""The plain loop of docs/training.md and the engine train alike."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from tiny_training import DATA, settings, trained

PAGE = Path(__file__).parents[3] / "docs" / "training.md"


@pytest.fixture(scope="module")
def plain():
    """The code of the page, as a module."""
    [code] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    names = {}
    exec(compile(code, str(PAGE), "exec"), names)
    return SimpleNamespace(**names)


RUNS = {
    "plain": {},
    "everything": {
        "model": {
            "name": "vgg_a",
            "width": 0.03125,
            "batch_norm": True,
            "dropout": 0.3,
            "activation": "RReLU",
        },
        "augmentation": {
            "RandomCrop": {"size": 32, "padding": 4},
            "RandomHorizontalFlip": {},
            "ColorJitter": {"brightness": 0.3, "hue": 0.1},
            "RandomErasing": {},
        },
        "optimizer": {"name": "SGD", "lr": 0.02, "momentum": 0.9, "nesterov": True},
        "schedule": {"name": "StepLR", "step_size": 1, "gamma": 0.5},
        "epochs": 3,
    },
    "resnet by Adam": {
        "model": {"name": "resnet18", "width": 0.03125, "hidden": 8, "dropout": 0.2},
        "optimizer": {"name": "Adam", "lr": 1e-3, "weight_decay": 1e-4},
        "schedule": {"name": "CosineAnnealingLR", "T_max": 50},
        "schedule_epochs": 50,
        "normalize": {"mean": 0.4, "std": 0.3},
    },
    "in steps": {"steps": 5, "epochs": None},
}


@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_the_documented_loop_trains_as_the_engine_does(plain, changes):
    run = settings(**changes)
    engine = trained(run, seed=3)
    history, best, network = plain.train(run, 3, DATA)
    assert len(history) == len(engine.history)
    for ours, theirs in zip(history, engine.history, strict=True):
        assert ours == pytest.approx({key: theirs[key] for key in ours}, rel=1e-4)
    assert best["epoch"] == engine.best.epoch
    close(best["weights"], engine.best.weights)
    close(network.state_dict(), engine.network.state_dict())


def test_the_documented_loop_diverges_as_the_engine_does(plain):
    run = settings(optimizer={"name": "SGD", "lr": 1e18}, epochs=5)
    history, best, _ = plain.train(run, 0, DATA)
    engine = trained(run)
    assert engine.diverged
    assert len(history) == len(engine.history) == 1
    assert best["epoch"] == engine.best.epoch == 0


def close(one, other):
    for name in one:
        torch.testing.assert_close(one[name], other[name], rtol=1e-3, atol=1e-5)
