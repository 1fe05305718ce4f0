"""The report at full scale on a machine without a GPU: all is in place but the steps themselves."""

import functools
import math
from pathlib import Path

import numpy as np
import pytest
from tiny_training import CPU, DATA

from ablate.data.dataset import Dataset, digest
from ablate.planning.plan import Plan
from ablate.settings import written
from ablate.training import assemble, precision, schedules
from ablate.training.images import on_device
from ablate.training.length import Length

REPORT = Plan(written.read(Path(__file__).parents[3] / "config.yaml"))
TRAIN, TEST, CLASSES = 50_000, 10_000, 10


@pytest.fixture(scope="module")
def cifar10() -> Dataset:
    """As many images, as large, in as many classes."""
    arrays = {}
    for part, n in (("train", TRAIN), ("test", TEST)):
        arrays[f"{part}_images"] = np.zeros((n, 3, 32, 32), np.uint8)
        arrays[f"{part}_labels"] = np.arange(n) % CLASSES
    classes = [f"class {i}" for i in range(CLASSES)]
    changed = {"classes": classes, "train": TRAIN, "test": TEST, "digest": digest(arrays)}
    return Dataset(**arrays, manifest=DATA.manifest.model_copy(update=changed))


def test_every_training_of_the_report_is_ready_to_begin(monkeypatch, cifar10):
    # Runs share networks and images here, so that each is made once.
    of_model = {p.run.model.model_dump_json(): p.run for p in REPORT.runs.values()}
    build = functools.cache(lambda m: assemble.build_network(of_model[m], 0, cifar10, CPU))
    part = {TRAIN: ("train_images", "train_labels"), TEST: ("test_images", "test_labels")}
    place = functools.cache(lambda n: on_device(*(getattr(cifar10, p) for p in part[n]), CPU))
    monkeypatch.setattr(assemble, "on_device", lambda images, *_: place(len(images)))
    for name, planned in REPORT.runs.items():
        run, observers = planned.run, REPORT.observers(name)
        network, cost = build(run.model.model_dump_json())
        names = [observer["name"] for observer in observers]
        arithmetic = precision.choose(run.precision, CPU.torch_device, names, cost.flops)
        training = assemble.assemble(run, 0, cifar10, CPU, network, arithmetic, observers)
        steps = run.steps or run.epochs * math.ceil(TRAIN / run.batch_size)
        assert len(training.rates) == training.length.steps == steps, name
        assert training.rates[0] > 0, name


def test_the_default_takes_fifty_epochs_and_a_tenth_of_its_rate_after_every_tenth():
    run = REPORT.studies["stem"].rows["conv3x3_stride1"].training.run
    rates = schedules.by_step(run.schedule, run.optimizer.lr, Length.of(run, TRAIN))
    an_epoch = 391
    assert len(rates) == 50 * an_epoch
    expected = [0.1 * 0.1 ** (epoch // 10) for epoch in range(50)]
    assert rates[::an_epoch] == pytest.approx(expected)
    assert rates[an_epoch - 1 :: an_epoch] == pytest.approx(expected)
