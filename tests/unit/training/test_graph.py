"""The fast path without a GPU: a stand-in for CUDA that records by undoing and replays by calling.

What it cannot show is whether CUDA takes the recording; what is tested is everything around it.
"""

import contextlib

import numpy as np
import pytest
import torch
from tiny_training import begin, same_weights, settings, trained, without_seconds

from ablate.settings.observers import Observers
from ablate.training import graph
from ablate.training.evaluate import Scores
from ablate.training.loop import train
from ablate.training.step import Batch


class Recorder:
    """Stands in for torch.cuda: a recording leaves all tensors as they were before it."""

    def __init__(self, training):
        self.training = training
        self.recordings = 0
        self.replays = 0
        self.refuse = False
        self.modes = []
        recorder = self

        class Graph:
            def replay(self):
                recorder.replays += 1
                recorder.play(self)

        self.CUDAGraph = Graph

    @contextlib.contextmanager
    def graph(self, recording, capture_error_mode):
        self.modes.append(capture_error_mode)
        if self.refuse:
            try:
                raise RuntimeError("operation not permitted when stream is capturing\nmore")
            finally:
                # As torch does: what it raises in the end says nothing of the cause.
                raise RuntimeError("operation failed due to a previous error during capture")
        self.recordings += 1
        before = self.copied()
        yield
        self.put_back(before)

    def copied(self):
        return [tensor.detach().clone() for tensor in self.tensors()], torch.get_rng_state()

    def put_back(self, copies):
        with torch.no_grad():
            for tensor, copy in zip(self.tensors(), copies[0], strict=True):
                tensor.copy_(copy)
        torch.set_rng_state(copies[1])

    def tensors(self):
        """Everything that a step changes and that lasts."""
        training = self.training
        state = training.step.optimizer.state
        return [
            *training.network.state_dict().values(),
            *(value for kept in state.values() for value in kept.values() if value is not None),
            *(training.step.position, training.step.losses, training.step.correct),
            *(t for seen in training.observers for t in vars(seen).values() if torch.is_tensor(t)),
        ]

    def play(self, recording):
        """Run the work again, into the tensors that it returned when it was recorded."""
        wrapped, size = next(
            (wrapped, size)
            for wrapped in self.wrapped
            for size, (graph, _) in wrapped.recorded.items()
            if graph is recording
        )
        mine = [parameter.grad for parameter in self.training.step.parameters]
        result = wrapped.work(size)
        if result is not None:
            into(wrapped.recorded[size][1], result)
        if isinstance(result, Batch):
            for parameter, gradient in zip(self.training.step.parameters, mine, strict=True):
                parameter.grad = gradient


def into(kept: Batch | Scores, new: Batch | Scores) -> None:
    for name, value in vars(kept).items():
        fresh = getattr(new, name)
        pairs = zip(value, fresh, strict=True) if name == "gradients" else [(value, fresh)]
        for ours, theirs in pairs:
            ours.copy_(theirs)


class Stream:
    def wait_stream(self, other):
        pass


@pytest.fixture
def replayed(monkeypatch):
    """Lets a training replay its step through the stand-in."""

    def let(training):
        recorder = Recorder(training)
        monkeypatch.setattr(torch.cuda, "CUDAGraph", recorder.CUDAGraph)
        monkeypatch.setattr(torch.cuda, "graph", recorder.graph)
        monkeypatch.setattr(torch.cuda, "Stream", Stream)
        monkeypatch.setattr(torch.cuda, "current_stream", Stream)
        monkeypatch.setattr(torch.cuda, "stream", lambda stream: contextlib.nullcontext())
        graph._aside.cache_clear()
        graph.replay(training.step, training.evaluations.values())
        step = training.step
        recorder.wrapped = [
            piece
            for piece in (
                *(step.take, step.gradient, step.update),
                *(evaluation.score for evaluation in training.evaluations.values()),
            )
            if isinstance(piece, graph.Replayed)
        ]
        return recorder

    yield let
    graph._aside.cache_clear()


LONG = settings(
    model={"name": "vgg_a", "width": 0.03125, "dropout": 0.3, "batch_norm": True},
    augmentation={"RandomCrop": {"size": "image", "padding": 4}, "RandomErasing": {}},
    epochs=6,
)


def test_a_replayed_training_is_the_eager_one_step_for_step(replayed):
    eager, fast = trained(LONG), begin(LONG)
    recorder = replayed(fast)
    train(fast)
    assert without_seconds(fast) == without_seconds(eager)
    assert same_weights(fast, eager)
    assert graph.replayed(fast.step)
    # Two sizes of batch and the evaluation, each warmed up by three real calls of its own.
    assert recorder.recordings == 3
    assert recorder.replays == (12 - 3) + (6 - 3) + (6 - 3)
    # What another thread asks of CUDA meanwhile must not ruin a recording.
    assert recorder.modes == ["thread_local"] * 3


@pytest.mark.parametrize("observers", [["loss"], ["gradients"], ["loss", "gradients"]])
def test_observers_that_need_no_host_are_part_of_the_recording(replayed, observers):
    asked = Observers().asked(observers)
    eager, fast = trained(LONG, observers=asked), begin(LONG, observers=asked)
    recorder = replayed(fast)
    train(fast)
    assert recorder.recordings == 3
    for one, other in zip(eager.observers, fast.observers, strict=True):
        for name, values in one.series().items():
            np.testing.assert_array_equal(values, other.series()[name])


class Host:
    """Needs the host: looks at the gradients of every step."""

    needs_host = True

    def __init__(self):
        self.norms = []

    def observe(self, moment):
        gradients = [parameter.grad for parameter in moment.model.parameters()]
        self.norms.append((moment.step, moment.loss.item(), [g.norm().item() for g in gradients]))


def test_an_observer_that_needs_the_host_sees_each_steps_own_gradients(replayed):
    eager = begin(LONG)
    eager.step.observers = [Host()]
    train(eager)
    fast = begin(LONG)
    fast.step.observers = [Host()]
    recorder = replayed(fast)
    train(fast)
    assert recorder.recordings == 5  # gradient and update for two sizes of batch; evaluation
    assert fast.step.observers[0].norms == eager.step.observers[0].norms
    assert same_weights(fast, eager)


def test_an_update_that_cannot_be_recorded_runs_eagerly(replayed, monkeypatch, capsys):
    eager, fast = trained(LONG), begin(LONG)
    monkeypatch.setattr("ablate.training.optimizers.capturable", lambda kind: False)
    recorder = replayed(fast)
    train(fast)
    assert same_weights(fast, eager)
    assert recorder.recordings == 3
    assert "SGD" in capsys.readouterr().err


def test_what_cuda_will_not_record_goes_on_eagerly_and_says_why(replayed, capsys):
    eager, fast = trained(LONG), begin(LONG)
    replayed(fast).refuse = True
    train(fast)
    assert same_weights(fast, eager)
    assert not graph.replayed(fast.step)
    said = capsys.readouterr().err
    for name in ("the training step", "the evaluation"):
        assert said.count(f"{name} runs without a CUDA graph: operation not permitted") == 1
