"""How images come to lie on the device: once, and only where they fit."""

import numpy as np
import pytest
import torch
from tiny_training import CPU, DATA, begin
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ablate.errors import AblateError
from ablate.training import images as placing
from ablate.training.device import Device

CARD = Device(torch.device("cuda", 0), "a card of 4 GB")


class Largest(TorchDispatchMode):
    """Notes the bytes of the tensors that torch makes."""

    def __init__(self):
        super().__init__()
        self.made = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        places = [t.untyped_storage().data_ptr() for t in tree_leaves(args) if torch.is_tensor(t)]
        for tensor in tree_leaves(result):
            if torch.is_tensor(tensor) and tensor.untyped_storage().data_ptr() not in places:
                self.made.append(tensor.untyped_storage().nbytes())
        return result


def test_images_lie_pixel_by_pixel_at_the_places_asked_for(monkeypatch):
    monkeypatch.setattr(placing, "AT_ONCE", 3)
    places = torch.tensor([5, 0, 39, 7])
    images, labels = placing.on_device(DATA.train_images, DATA.train_labels, CPU, places)
    expected = DATA.train_images[places.numpy()].transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(images.numpy(), expected)
    np.testing.assert_array_equal(labels.numpy(), DATA.train_labels[places.numpy()])
    assert images.is_contiguous()


def test_images_are_held_once_beside_a_part_of_them(monkeypatch):
    monkeypatch.setattr(placing, "AT_ONCE", 4)
    with Largest() as torchs:
        placing.on_device(DATA.train_images, DATA.train_labels, CPU)
    whole = DATA.train_images.nbytes
    assert sum(nbytes >= whole for nbytes in torchs.made) == 1
    assert max(nbytes for nbytes in torchs.made if nbytes < whole) <= whole / 10


def test_images_that_do_not_fit_on_the_card_are_refused_with_a_way_out(monkeypatch):
    needed = DATA.train_images.nbytes + DATA.test_images.nbytes
    free = {"bytes": needed - 1}
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free["bytes"], 10**9))
    with pytest.raises(AblateError, match=r"the images take .* a card of 4 GB has .*data\.resize"):
        placing.check_room(DATA, CARD)
    free["bytes"] = needed
    placing.check_room(DATA, CARD)
    placing.check_room(DATA, CPU)


def test_the_clock_stops_when_the_device_has_done_what_is_queued(monkeypatch):
    training = begin()
    waited = []
    monkeypatch.setattr("ablate.training.training.wait_for", lambda device: waited.append(device))
    monkeypatch.setattr("time.monotonic", lambda: len(waited) + training.clock)
    training.stop_clock()
    assert waited == [torch.device("cpu")]
    assert training.epoch_seconds == 1
