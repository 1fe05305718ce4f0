"""Whether CUDA could record every step of the report, asked without a GPU.

On fake CUDA tensors torch runs the code it would run on a card, shapes and devices only, and
refuses what needs a tensor's value on the host. torch's own backward pass and bf16's casts, which
ask for a real card, are left out, and so is what only a card can refuse.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tiny_training import CPU, DATA, settings
from torch._subclasses.fake_tensor import FakeTensorMode, unset_fake_temporarily
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ablate.planning.plan import Plan
from ablate.settings import written
from ablate.training import assemble, graph, optimizers
from ablate.training.assemble import build_network, build_pipeline
from ablate.training.device import Device
from benchmarks.whole_report import kind_of

CARD = Device(torch.device("cuda", 0), "a card")
NARROW = 0.03125
REPORT = Plan(written.read(str(Path(__file__).parents[3] / "config.yaml")))


class Recorder(TorchDispatchMode):
    """Refuses, while it records, what reads or writes the host's memory."""

    recording = False

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        # A fused update is one kernel on the device, without a fake of its own.
        fused = func.name().startswith("aten::_fused_")
        result = None if fused else func(*args, **(kwargs or {}))
        seen = [leaf for leaf in tree_leaves((args, kwargs, result)) if torch.is_tensor(leaf)]
        if self.recording and any(tensor.device.type != "cuda" for tensor in seen):
            raise RuntimeError(f"{func} touches the host")
        return result


plain_tensor = torch.tensor


def tensor_known_to_host(value: float, **options) -> torch.Tensor:
    """On a card, a fake tensor whose value an optimizer's constructor may still check."""
    if options.get("device") != CARD.torch_device:
        return plain_tensor(value, **options)
    held = torch.full((), value, **options)
    with unset_fake_temporarily():
        held.constant = plain_tensor(value)
    return held


def put_on_card(network: torch.nn.Module) -> None:
    """Swap in fake tensors: `Module.to` cannot."""
    for module in network.modules():
        for name, parameter in module.named_parameters(recurse=False):
            like = torch.empty_like(parameter, device=CARD.torch_device)
            module._parameters[name] = torch.nn.Parameter(like)
        for name, buffer in module.named_buffers(recurse=False):
            module._buffers[name] = torch.empty_like(buffer, device=CARD.torch_device)


def gradients_for(network: torch.nn.Module) -> Callable[[torch.Tensor], None]:
    """Stands in for `backward`, which asks for a real card: gradients of the right shapes."""

    def backward(loss: torch.Tensor) -> None:
        for parameter in network.parameters():
            parameter.grad = torch.zeros_like(parameter)

    return backward


@pytest.fixture
def fake_card(monkeypatch):
    """Trainings begun on it are of fake CUDA tensors."""

    @contextlib.contextmanager
    def begun(run, observers=()):
        # These look at values, as they may before the training.
        network, _ = build_network(run, 0, DATA, CPU)
        pipeline = build_pipeline(run, DATA)
        with FakeTensorMode(allow_non_fake_inputs=True):
            put_on_card(network)
            with monkeypatch.context() as while_building:
                while_building.setattr(optimizers.torch, "tensor", tensor_known_to_host)
                while_building.setattr(assemble, "build_pipeline", lambda *_: pipeline)
                while_building.setattr(assemble, "check_room", lambda *_: None)
                training = assemble.assemble(run, 0, DATA, CARD, network, "fp32", observers)
            for group in training.step.optimizer.param_groups:
                group["lr"].constant = None
            monkeypatch.setattr(torch.Tensor, "backward", gradients_for(network))
            training.start_epoch()
            yield training

    return begun


def record(work: graph.Replayed, size: int) -> None:
    assert isinstance(work, graph.Replayed)
    with Recorder() as recorder:
        work.work(size)  # to warm up
        recorder.recording = True
        work.work(size)


def kinds():
    """One run of each kind, all equally narrow: what differs in rates alone is recorded alike."""
    found = {}
    for name, planned in REPORT.runs.items():
        model = planned.run.model.model_copy(update={"width": NARROW})
        narrow = planned.run.model_copy(update={"model": model, "batch_size": 16})
        observers = REPORT.observers(name)
        found.setdefault(kind_of(narrow, observers), pytest.param(narrow, observers, id=name))
    return list(found.values())


@pytest.mark.parametrize(("run", "observers"), kinds())
def test_every_kind_of_training_in_the_report_leaves_the_host_out(fake_card, run, observers):
    with fake_card(run, observers=observers) as training:
        step = training.step
        if any(observer.needs_host for observer in training.observers):
            record(step.gradient, 16)
            record(step.update, 16)
        else:
            record(step.take, 16)
        record(training.evaluations["test"].score, 30)


def test_what_needs_the_host_is_noticed(fake_card):
    with fake_card(settings()) as training:
        gradient = training.step.gradient

        def reads(size):
            return gradient(size).loss.item()

        def sends(size):
            return gradient(size).loss + torch.ones(1).to(CARD.torch_device)

        for work in (reads, sends):
            with pytest.raises(RuntimeError, match=r"_local_scalar_dense|touches the host"):
                record(graph.Replayed(work, "a step that needs the host"), 16)
