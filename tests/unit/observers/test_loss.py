"""The loss observer, and what all observers share: they look on and change nothing."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from ablate import models
from ablate.errors import AblateError
from ablate.observers import Moment, build_observers
from ablate.settings import VGG

# Tests in parallel would otherwise fight for the cores.
torch.set_num_threads(1)

STEPS, BATCH = 7, 4
ALL = [{"name": "loss"}, {"name": "gradients", "every": 2}, {"name": "line_probe", "every": 3}]
SETTINGS = VGG(name="vgg_a", width=0.03, batch_norm=True, dropout=0.5)


class Training:
    """A few steps of SGD with momentum on random images, watched by observers."""

    def __init__(self, observers):
        torch.manual_seed(0)
        self.network = models.build(SETTINGS, 10).train()
        self.images = torch.randn(STEPS, BATCH, 3, 32, 32)
        self.labels = torch.randint(10, (STEPS, BATCH))
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.05, momentum=0.9)
        self.observers = build_observers(observers, STEPS, self.network, "cpu")
        self.losses = []

    def run(self, first=1, last=STEPS):
        for step in range(first, last + 1):
            self.optimizer.zero_grad()
            images, labels = self.images[step - 1], self.labels[step - 1]
            loss = nn.functional.cross_entropy(self.network(images), labels)
            loss.backward()
            self.losses.append(loss.item())
            moment = Moment(
                step,
                loss.detach(),
                images,
                labels,
                labels,
                self.network,
                0.05,
                nn.functional.cross_entropy,
            )
            for observer in self.observers:
                observer.observe(moment)
            self.optimizer.step()
        return self

    def bits(self):
        """All that training depends on: weights, statistics, gradients, momentum, noise."""
        slots = [s["momentum_buffer"] for s in self.optimizer.state_dict()["state"].values()]
        gradients = [p.grad for p in self.network.parameters()]
        tensors = [*self.network.state_dict().values(), *slots, *gradients, torch.get_rng_state()]
        return [tensor.clone() for tensor in tensors]

    def series(self):
        return {k: v for observer in self.observers for k, v in observer.series().items()}


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("observers", [*([one] for one in ALL), ALL], ids=str)
def test_training_watched_gives_the_same_bits(observers):
    assert same(Training(observers).run().bits(), Training([]).run().bits())


def test_every_steps_loss_is_kept():
    training = Training([{"name": "loss"}]).run()
    kept = training.series()["loss"]
    assert kept.dtype == np.float32
    np.testing.assert_array_equal(kept, np.float32(training.losses))


def test_a_run_that_ends_early_keeps_what_it_saw():
    series = Training(ALL).run(last=4).series()
    assert len(series["loss"]) == len(series["gradient_difference"]) == 4
    assert series["gradient_steps"].tolist() == [2, 4]
    assert series["probe_steps"].tolist() == [3]


def test_a_run_of_no_steps_has_empty_series():
    series = Training(ALL).series()
    assert series["gradients"].shape == (0, 10, 15)
    assert series["probe_loss"].shape == (0, 8)
    assert len(series["loss"]) == 0


@pytest.mark.parametrize("pause", [1, 3, 4])
def test_a_resumed_run_sees_what_an_unbroken_one_sees(pause):
    whole = Training(ALL).run().series()
    training = Training(ALL).run(last=pause)
    states = [copy.deepcopy(observer.state_dict()) for observer in training.observers]
    training.observers = build_observers(ALL, STEPS, training.network, "cpu")
    for observer, state in zip(training.observers, states, strict=True):
        observer.load_state_dict(state)
    resumed = training.run(first=pause + 1).series()
    assert resumed.keys() == whole.keys()
    for key in whole.keys() - {"probe_seconds", "step_seconds"}:
        np.testing.assert_array_equal(resumed[key], whole[key], err_msg=key)


def test_a_state_is_a_copy_and_loading_it_undoes_steps_where_the_tensors_are():
    """A warm-up before a recorded graph must leave no trace, and addresses must not move."""
    training = Training(ALL[:2])
    addresses = [observer.step.data_ptr() for observer in training.observers]
    states = [observer.state_dict() for observer in training.observers]
    training.run(last=3)
    for observer, state in zip(training.observers, states, strict=True):
        observer.load_state_dict(state)
    assert [observer.step.data_ptr() for observer in training.observers] == addresses
    assert len(training.series()["loss"]) == 0
    fresh = {k: v for o in Training(ALL[:2]).observers for k, v in o.state_dict().items()}
    undone = {k: v for o in training.observers for k, v in o.state_dict().items()}
    assert all(torch.equal(fresh[key].nan_to_num(7), undone[key].nan_to_num(7)) for key in fresh)


def test_states_open_as_weights_only(tmp_path):
    training = Training(ALL).run(last=4)
    for number, observer in enumerate(training.observers):
        torch.save(observer.state_dict(), tmp_path / f"{number}.pt")
        torch.load(tmp_path / f"{number}.pt", weights_only=True)


def test_an_unknown_observer_is_named_with_what_is_allowed():
    with pytest.raises(
        AblateError, match="unknown observer 'los'; allowed: gradients, line_probe, loss"
    ):
        build_observers([{"name": "los"}], 1, nn.Linear(1, 1), "cpu")
