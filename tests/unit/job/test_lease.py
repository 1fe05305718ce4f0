import multiprocessing
import os
import random
import stat
import threading
import time
from contextlib import ExitStack
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny_training import DEVICES, begin, settings, trained

from ablate.errors import AblateError
from ablate.job import cards, estimate, lease
from ablate.settings.observers import Observers
from ablate.training import graph, precision


@pytest.fixture
def two_cards(monkeypatch, tmp_path):
    """Stands in for a machine with two CUDA devices."""
    chosen = []
    monkeypatch.setattr(lease.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(lease, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda index: SimpleNamespace(uuid=f"card-{index}")
    )
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"card {index}")
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(cards, "try_out", lambda index: None)
    return chosen


def test_each_job_takes_a_card_of_its_own_while_there_is_one(two_cards):
    with lease.taken("cuda", 1) as one, lease.taken("cuda", 1) as other:
        assert [one.torch_device.index, other.torch_device.index] == [0, 1]
        assert two_cards == [0, 1]
        assert not one.shared
    with lease.taken("cuda", 1) as again:
        assert again.name == "card 0"


def test_a_third_job_waits_until_a_slot_is_free(two_cards, capsys):
    inside, leave = threading.Event(), threading.Event()

    def third():
        with lease.taken("cuda", 1) as device:
            assert device.torch_device.index == 1
            inside.set()
            leave.wait(10)

    waiting = threading.Thread(target=third)
    with lease.taken("cuda", 1):
        with lease.taken("cuda", 1):
            waiting.start()
            assert not inside.wait(0.1)
        assert inside.wait(10)
    leave.set()
    waiting.join()
    assert capsys.readouterr().err.count("waiting for one") == 1


def test_slots_are_counted_in_a_folder_that_nobody_else_can_have_put_there(two_cards, tmp_path):
    folder = tmp_path / f"ablate-gpu-{os.getuid()}"
    (tmp_path / "theirs").mkdir(mode=0o755)
    for target in ("theirs", "nowhere"):
        folder.symlink_to(tmp_path / target)
        with pytest.raises(AblateError, match="is a link or another user's"):
            lease.taken("cuda", 1).__enter__()
        folder.unlink()
    assert not list((tmp_path / "theirs").iterdir())
    folder.write_text("in the way")
    with pytest.raises(AblateError, match="is a link or another user's"):
        lease.taken("cuda", 1).__enter__()
    folder.unlink()
    folder.mkdir(mode=0o777)
    with lease.taken("cuda", 1):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_slots_fill_every_card_before_any_is_shared_and_sharing_is_noted(two_cards):
    with lease.taken("cuda", 1, slots=2) as one, lease.taken("cuda", 1, slots=2) as other:
        assert [one.torch_device.index, other.torch_device.index] == [0, 1]
        one.look_for_neighbours()
        assert not one.shared
        with lease.taken("cuda", 1, slots=2) as third:
            assert third.torch_device.index == 0
            assert third.shared
            one.look_for_neighbours()
        assert one.shared
        other.look_for_neighbours()
        assert not other.shared


def test_the_card_with_the_most_free_slots_is_taken(two_cards):
    taken = partial(lease.taken, "cuda", 1, slots=3)
    with taken() as one, taken() as two, taken() as three, taken() as four:
        assert [device.torch_device.index for device in (one, two, three, four)] == [0, 1, 0, 1]
    with lease._slots(0, 3)[1], lease._slots(0, 3)[2], lease._slots(1, 3)[0], taken() as fifth:
        # Of card 0 one slot is free, the first; of card 1 two are.
        assert fifth.torch_device.index == 1


def test_killed_at_random_jobs_never_share_a_slot_and_leave_none_taken(two_cards, tmp_path):
    held, slots, draw = tmp_path / "held", 2, random.Random(0)
    held.mkdir()

    def job():
        with lease.taken("cuda", 1, slots) as device:
            (held / f"{device.torch_device.index}.{os.getpid()}").touch()
            time.sleep(60)

    fork = multiprocessing.get_context("fork")
    jobs = [fork.Process(target=job) for _ in range(7)]
    for each in jobs:
        each.start()
    most = 0
    for _ in range(12):
        time.sleep(draw.uniform(0.02, 0.2))
        victim = jobs.pop(draw.randrange(len(jobs)))
        victim.kill()
        victim.join()
        jobs.append(fork.Process(target=job))
        jobs[-1].start()
        alive = {str(each.pid) for each in jobs}
        cards_held = [
            name.split(".")[0] for name in os.listdir(held) if name.split(".")[1] in alive
        ]
        assert all(cards_held.count(card) <= slots for card in "01"), cards_held
        most = max(most, len(cards_held))
    assert most > slots  # both cards were in use
    for each in jobs:
        each.kill()
        each.join()
    with ExitStack() as stack:
        devices = [stack.enter_context(lease.taken("cuda", 1, slots)) for _ in range(2 * slots)]
        assert sorted(device.torch_device.index for device in devices) == [0, 0, 1, 1]


def test_a_card_that_cannot_train_is_left_out(two_cards, monkeypatch, capsys):
    def old(index):
        if index == 0:
            raise AblateError("GTX 1080 Ti: no kernel image is available")

    monkeypatch.setattr(cards, "try_out", old)
    with lease.taken("cuda", 1) as device:
        assert device.torch_device.index == 1
    assert capsys.readouterr().err.count("card 0 is skipped: GTX 1080 Ti: no kernel image") == 1
    # Its slot is free again.
    monkeypatch.setattr(cards, "try_out", lambda index: None)
    with lease.taken("cuda", 1) as device:
        assert device.torch_device.index == 0


def test_where_no_card_can_train_the_job_ends_and_says_why(two_cards, monkeypatch):
    def old(index):
        raise AblateError(f"Tesla V10{index}: no kernel image is available")

    monkeypatch.setattr(cards, "try_out", old)
    with (
        pytest.raises(AblateError, match=r"V100: no kernel.*card 1, Tesla V101.*device=cpu"),
        lease.taken("cuda", 1),
    ):
        pass


def test_a_cpu_has_as_many_threads_as_asked():
    try:
        with lease.taken("cpu", 2) as device:
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


@pytest.mark.parametrize("device", DEVICES[1:], ids=lambda device: device.type)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Adagrad", "RMSprop", "Adadelta"])
@pytest.mark.parametrize("host", [False, True])
def test_a_card_trains_as_the_cpu_does(device, optimizer, host):
    run = settings(
        model={"name": "vgg_a", "width": 0.03125, "batch_norm": True},
        optimizer={"name": optimizer, "lr": 1e-3},
        augmentation={"RandomCrop": {"size": "image", "padding": 4}, "RandomHorizontalFlip": {}},
        epochs=6,
    )
    asked = [{"name": "loss"}, *([{"name": "line_probe", "every": 4}] if host else [])]
    # Or TF32, which torch allows convolutions at first, is what is compared.
    precision.set_up("fp32", [])
    expected = trained(run, observers=asked)
    found = trained(run, observers=asked, device=device)
    assert graph.replayed(found.step)
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
