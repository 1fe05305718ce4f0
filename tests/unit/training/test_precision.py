import copy

import pytest
import torch
from tiny_training import begin, settings, trained

from ablate import models
from ablate.errors import AblateError
from ablate.training import precision

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
LARGE, SMALL = 3e8, 1e6


@pytest.fixture
def fast_bf16(monkeypatch):
    monkeypatch.setattr(precision, "_cpu_has_fast_bf16", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)


@pytest.mark.parametrize(
    ("asked", "device", "observers", "flops", "chosen"),
    [
        ("auto", CPU, [], LARGE, "bf16"),
        ("auto", CPU, [], SMALL, "fp32"),
        ("auto", CUDA, [], SMALL, "bf16"),
        ("auto", CUDA, ["loss"], LARGE, "bf16"),
        ("auto", CUDA, ["loss", "gradients"], LARGE, "fp32"),
        ("auto", CPU, ["line_probe"], LARGE, "fp32"),
        ("bf16", CPU, ["gradients"], SMALL, "bf16"),
        ("fp32", CUDA, [], LARGE, "fp32"),
    ],
)
def test_the_rule(fast_bf16, asked, device, observers, flops, chosen):
    assert precision.choose(asked, device, observers, flops) == chosen


def test_without_fast_bf16_auto_is_fp32(monkeypatch):
    monkeypatch.setattr(precision, "_cpu_has_fast_bf16", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    assert precision.choose("auto", CPU, [], LARGE) == "fp32"
    assert precision.choose("auto", CUDA, [], LARGE) == "fp32"


def test_bf16_is_refused_on_a_card_that_only_imitates_it(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Tesla T4")
    with pytest.raises(AblateError, match=r"bf16 was asked for, but Tesla T4 .*: auto, fp32"):
        precision.choose("bf16", CUDA, [], LARGE)
    assert precision.choose("fp32", CUDA, [], LARGE) == "fp32"


@pytest.mark.parametrize(
    ("chosen", "observers", "tf32"),
    [("bf16", [], True), ("bf16", ["gradients"], False), ("fp32", [], False)],
)
def test_measured_gradients_know_no_tf32(chosen, observers, tf32):
    precision.set_up(chosen, observers)
    try:
        assert torch.backends.cuda.matmul.allow_tf32 is tf32
        assert torch.backends.cudnn.allow_tf32 is tf32
    finally:
        precision.set_up("fp32", [])


NORMALISED = settings(model={"name": "vgg_a", "width": 0.125, "batch_norm": True}, epochs=1)


def test_under_bf16_weights_statistics_and_the_last_layer_stay_fp32():
    training = begin(NORMALISED, arithmetic="bf16")
    kinds = {}

    def note(name):
        def hook(module, inputs, output):
            kinds[name] = output.dtype

        return hook

    for name, module in training.network.named_modules():
        module.register_forward_hook(note(name))
    training.start_epoch()
    training.network.train()
    training.take_step()
    last = models.last_linear(training.network)
    for name, module in training.network.named_modules():
        if isinstance(module, torch.nn.Conv2d):
            assert kinds[name] == torch.bfloat16
        if isinstance(module, torch.nn.Linear):
            assert kinds[name] == (torch.float32 if module is last else torch.bfloat16)
    floating = [t for t in training.network.state_dict().values() if t.is_floating_point()]
    assert all(tensor.dtype == torch.float32 for tensor in floating)
    assert last.weight.grad.dtype == torch.float32


def test_bf16_stays_near_fp32():
    plain, rounded = begin(NORMALISED), begin(NORMALISED, arithmetic="bf16")
    for training in (plain, rounded):
        training.network.train()
        training.start_epoch()
        training.take_step()
    assert rounded.step.losses[0].item() == pytest.approx(plain.step.losses[0].item(), rel=0.02)
    assert rounded.step.losses[0] != plain.step.losses[0]


def test_small_updates_are_not_lost_to_bf16():
    run = settings(optimizer={"name": "SGD", "lr": 1e-6}, epochs=1)
    start = begin(run).network.state_dict()
    end = trained(run, arithmetic="bf16").network.state_dict()
    assert all(not torch.equal(start[name], end[name]) for name in start)


def test_a_copied_network_computes_with_its_own_last_layer():
    training = begin(NORMALISED, arithmetic="bf16")
    twin = copy.deepcopy(training.network).eval()
    with torch.no_grad():
        models.last_linear(twin).weight.zero_()
        models.last_linear(twin).bias.fill_(3.0)
        assert (twin(torch.zeros(2, 3, 32, 32)) == 3).all()
