import threading
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny_training import DEVICES, begin, settings, trained

from ablate.errors import AblateError
from ablate.job import devices, estimate
from ablate.settings.observers import Observers
from ablate.training import graph


@pytest.fixture
def two_cards(monkeypatch, tmp_path):
    """Stands in for a machine with two CUDA devices."""
    chosen = []
    monkeypatch.setattr(devices.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(devices, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda index: SimpleNamespace(uuid=f"card-{index}")
    )
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"card {index}")
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    return chosen


def test_each_job_takes_a_card_of_its_own_while_there_is_one(two_cards):
    with devices.taken("cuda", 1) as one, devices.taken("cuda", 1) as other:
        assert [one.torch_device.index, other.torch_device.index] == [0, 1]
        assert two_cards == [0, 1]
        assert not one.shared
    with devices.taken("cuda", 1) as again:
        assert again.name == "card 0"


def test_a_third_job_waits_until_a_slot_is_free(two_cards, capsys):
    inside, leave = threading.Event(), threading.Event()

    def third():
        with devices.taken("cuda", 1) as device:
            assert device.torch_device.index == 1
            inside.set()
            leave.wait(10)

    waiting = threading.Thread(target=third)
    with devices.taken("cuda", 1):
        with devices.taken("cuda", 1):
            waiting.start()
            assert not inside.wait(0.1)
        assert inside.wait(10)
    leave.set()
    waiting.join()
    assert capsys.readouterr().err.count("waiting for one") == 1


def test_slots_fill_every_card_before_any_is_shared_and_sharing_is_noted(two_cards):
    with devices.taken("cuda", 1, slots=2) as one, devices.taken("cuda", 1, slots=2) as other:
        assert [one.torch_device.index, other.torch_device.index] == [0, 1]
        one.look_for_neighbours()
        assert not one.shared
        with devices.taken("cuda", 1, slots=2) as third:
            assert third.torch_device.index == 0
            assert third.shared
            one.look_for_neighbours()
        assert one.shared
        other.look_for_neighbours()
        assert not other.shared


@pytest.mark.parametrize(
    ("asked", "found", "kind"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", True, "cuda")],
)
def test_auto_is_cuda_where_there_is_one(monkeypatch, asked, found, kind):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: found)
    assert devices.resolve(asked) == kind


def test_cuda_is_not_silently_replaced(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(AblateError, match="no CUDA device"):
        devices.resolve("cuda")


def test_a_cpu_has_as_many_threads_as_asked():
    try:
        with devices.taken("cpu", 2) as device:
            assert torch.get_num_threads() == 2
            assert device.type == "cpu"
            assert device.name
    finally:
        torch.set_num_threads(1)


def test_a_step_never_waits_for_the_device(monkeypatch):
    training = begin(
        settings(
            model={"name": "vgg_a", "width": 0.03125, "batch_norm": True, "dropout": 0.5},
            augmentation={
                "RandomCrop": {"size": "image", "padding": 4},
                "ColorJitter": {"hue": 0.1},
                "RandomErasing": {},
            },
        ),
        observers=Observers().asked(["loss", "gradients"]),
    )
    training.network.train()
    training.start_epoch()
    training.take_step()  # the first call of all may look at the optimizer's arguments

    def waits(*_):
        raise AssertionError("the host waits for the device")

    for name in ("item", "tolist", "cpu", "numpy", "__bool__", "__float__", "__int__", "__index__"):
        monkeypatch.setattr(torch.Tensor, name, waits)
    training.take_step()


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.type)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Adagrad", "RMSprop", "Adadelta"])
@pytest.mark.parametrize("host", [False, True])
def test_every_device_here_trains_as_the_cpu_does(device, optimizer, host):
    run = settings(
        model={"name": "vgg_a", "width": 0.03125, "batch_norm": True},
        optimizer={"name": optimizer, "lr": 1e-3},
        augmentation={"RandomCrop": {"size": "image", "padding": 4}, "RandomHorizontalFlip": {}},
        epochs=6,
    )
    asked = [{"name": "loss"}, *([{"name": "line_probe", "every": 4}] if host else [])]
    expected = trained(run, observers=asked)
    found = trained(run, observers=asked, device=device)
    assert graph.replayed(found.step) == (device.type == "cuda")
    losses = [training.observers[0].series()["loss"] for training in (found, expected)]
    np.testing.assert_allclose(*losses, rtol=1e-2)
    for row, other in zip(found.history, expected.history, strict=True):
        assert row["test_loss"] == pytest.approx(other["test_loss"], rel=2e-2)


def test_the_estimate_grows_with_the_run():
    short, long = begin(settings(epochs=2)), begin(settings(epochs=2000))
    assert estimate.seconds(long) > 100 * estimate.seconds(short) > 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 seconds"), (500, "8 minutes"), (20_000, "6 hours"), (400_000, "5 days")],
)
def test_lengths_of_time_are_spoken(seconds, words):
    assert estimate.spoken(seconds) == words
