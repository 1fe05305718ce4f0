"""Whatever part of a run is one's own code may draw from Python and numpy, to the same bits."""

import random

import numpy as np
import pytest
from tiny_training import CPU, DATA, request, same_weights, settings, without_seconds

from ablate.job.interruption import Interrupted, Interruption
from ablate.job.request import TrainingRequest
from ablate.job.run import Job
from ablate.job.state import States
from ablate.settings import Run, own
from ablate.training.loop import train

PARTS = """
import random
import numpy as np
import torch
from torch import nn

def network(classes):
    made = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, classes))
    weights = np.random.normal(0, 0.01, made[1].weight.shape)
    made[1].weight.data = torch.tensor(weights, dtype=torch.float32)
    return made

class Optimizer(torch.optim.SGD):
    def __init__(self, params, lr: float):
        super().__init__(params, lr=lr)
    def step(self):
        for group in self.param_groups:
            group["lr"] = 0.1 * np.random.rand()
        return super().step()

def schedule(optimizer):
    share = random.random()
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: share / (1 + epoch))

class Observer:
    needs_host, needs_fp32 = True, False
    def __init__(self, options, total_steps, model, device):
        self.seen = []
    def observe(self, moment):
        self.seen.append(np.random.rand() + random.random())
    def series(self):
        return {"seen": np.array(self.seen)}
    def state_dict(self):
        return {"seen": list(self.seen)}
    def load_state_dict(self, state):
        self.seen = list(state["seen"])
"""
OWN = {
    "network": {"model": {"name": "parts.network"}},
    "optimizer": {"optimizer": {"name": "parts.Optimizer", "lr": 0.1}},
    "schedule": {"schedule": "parts.schedule"},
    "observer": {},
}


@pytest.fixture(autouse=True)
def _folder(tmp_path):
    (tmp_path / "parts.py").write_text(PARTS)
    own.use(tmp_path)
    yield
    own.use(None)


def begin(run: Run, *observers: str):
    """A training as a job begins it, in a process that has drawn from everything before."""
    random.seed()
    np.random.seed()
    asked = request(run, observers=[{"name": name} for name in observers])
    return Job(TrainingRequest(**asked), run, DATA, CPU).assemble(Interruption())


def outcome(training):
    seen = [observer.series()["seen"].tolist() for observer in training.observers]
    return without_seconds(training), seen


@pytest.mark.parametrize("part", OWN)
def test_the_same_seed_gives_the_same_bits_resumed_or_not(part, tmp_path):
    run, watching = settings(**OWN[part]), ["parts.Observer"] if part == "observer" else []
    whole = begin(run, *watching)
    train(whole)
    again = begin(run, *watching)
    train(again)
    assert outcome(again) == outcome(whole)
    assert same_weights(again, whole)

    def stop(training):
        if training.steps_done == 4:
            raise Interrupted("enough")

    first = begin(run, *watching)
    with pytest.raises(Interrupted):
        train(first, after_step=stop)
    states = States(tmp_path, "key")
    states.save(first.state_dict())
    states.wait()
    resumed = begin(run, *watching)
    resumed.load_state_dict(states.load())
    train(resumed)
    assert outcome(resumed) == outcome(whole)
    assert same_weights(resumed, whole)


def test_other_runs_leave_these_generators_alone():
    random.seed(1)
    np.random.seed(1)
    expected = random.Random(1).random(), np.random.RandomState(1).rand()
    run = settings()
    Job(TrainingRequest(**request(run)), run, DATA, CPU).assemble(Interruption())
    assert (random.random(), np.random.rand()) == expected
