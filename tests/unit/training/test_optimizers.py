import copy
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny_training import begin, settings, trained

from ablate.errors import AblateError
from ablate.settings import Optimizer
from ablate.training import optimizers

# The report's, with its arguments.
REPORT = [
    {"name": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-5},
    {"name": "Adagrad", "lr": 0.1, "weight_decay": 1e-5},
    {"name": "RMSprop", "lr": 0.01, "weight_decay": 1e-5},
    {"name": "Adadelta", "lr": 0.1, "weight_decay": 1e-5},
    {"name": "Adam", "lr": 0.1, "weight_decay": 1e-5},
    {"name": "Adam", "lr": 1e-3},
]
CPU = torch.device("cpu")


@pytest.mark.parametrize("asked", REPORT, ids=lambda o: o["name"])
def test_three_steps_agree_with_torchs_plainest_form(asked):
    training = begin(settings(optimizer=asked, epochs=1))
    plain = copy.deepcopy(training.network).to(memory_format=torch.contiguous_format)
    arguments = {name: value for name, value in asked.items() if name != "name"}
    reference = getattr(torch.optim, asked["name"])(plain.parameters(), foreach=False, **arguments)
    training.start_epoch()
    for _ in range(3):
        training.take_step()
        for ours, theirs in zip(training.network.parameters(), plain.parameters(), strict=True):
            theirs.grad = ours.grad.clone()
        reference.step()
    for ours, theirs in zip(training.network.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_weight_decay_pulls_on_every_parameter():
    training = begin(settings(optimizer={"name": "SGD", "lr": 0.5, "weight_decay": 0.1}))
    before = [parameter.detach().clone() + 1 for parameter in training.network.parameters()]
    for parameter, start in zip(training.network.parameters(), before, strict=True):
        parameter.detach().copy_(start)
        parameter.grad = torch.zeros_like(start)
    optimizers.update(training.step.optimizer, training.network.parameters())
    for parameter, start in zip(training.network.parameters(), before, strict=True):
        torch.testing.assert_close(parameter.detach(), start * (1 - 0.5 * 0.1))


@pytest.mark.parametrize("asked", REPORT, ids=lambda o: o["name"])
@pytest.mark.parametrize("kernel", [3, 1])
@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_a_gradient_reaches_its_own_weight_however_both_lie_in_memory(asked, kernel, layout):
    # torch's fused updates on a CPU pair elements by their place in memory.
    weight, gradient = torch.randn(2, 5, 5, kernel, kernel)
    ours = torch.nn.Parameter(weight.to(memory_format=torch.channels_last))
    theirs = torch.nn.Parameter(weight.clone())
    arguments = {name: value for name, value in asked.items() if name != "name"}
    reference = getattr(torch.optim, asked["name"])([theirs], foreach=False, **arguments)
    optimizer = optimizers.build(Optimizer.model_validate(asked), [{"params": [ours]}], CPU)
    for _ in range(2):
        ours.grad = gradient.to(memory_format=layout)
        theirs.grad = gradient.clone()
        optimizers.update(optimizer, [ours])
        reference.step()
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_an_update_moves_no_weight_and_keeps_no_gradient():
    training = begin(settings(optimizer=REPORT[0]))
    places = [parameter.data_ptr() for parameter in training.network.parameters()]
    training.start_epoch()
    training.take_step()
    assert [parameter.data_ptr() for parameter in training.network.parameters()] == places
    held = training.step.optimizer.param_groups[0]["params"]
    assert [tensor.data_ptr() for tensor in held] == places
    assert all(tensor.grad is None for tensor in held)


def test_a_rate_in_a_tensor_changes_in_place():
    optimizer = optimizers.placeholder(0.1)
    held = torch.tensor(0.1)
    optimizer.param_groups[0]["lr"] = held
    optimizers.set_rate(optimizer, 0.01)
    assert held.item() == pytest.approx(0.01)
    assert optimizer.param_groups[0]["lr"] is held


def test_on_a_cuda_device_every_optimizer_of_the_report_can_be_recorded():
    names = {asked["name"] for asked in REPORT}
    assert all(optimizers.capturable(getattr(torch.optim, name)) for name in names)
    assert not optimizers.capturable(torch.optim.LBFGS)


def test_an_update_is_fused_only_where_torch_has_the_kernel(monkeypatch):
    # A torch may take Adagrad's argument `fused` for a device that it has no such kernel for.
    monkeypatch.setattr(
        torch._C,
        "_dispatch_has_kernel_for_dispatch_key",
        lambda kernel, device: (kernel, device) != ("aten::_fused_adagrad_", "CUDA"),
    )
    assert not optimizers.capturable(torch.optim.Adagrad)
    assert optimizers.capturable(torch.optim.SGD)
    assert "fused" not in optimizers._fastest(torch.optim.Adagrad, torch.device("cuda"))
    assert optimizers._fastest(torch.optim.Adagrad, CPU) == {"fused": True}


def test_what_torch_refuses_is_said():
    unchecked = {"lr": 0.1, "nesterov": True}
    asked = Optimizer.model_construct(name="SGD", arguments=unchecked)
    with pytest.raises(AblateError, match="SGD refuses: Nesterov"):
        optimizers.build(asked, [{"params": [torch.nn.Parameter(torch.zeros(2))]}], CPU)


def test_all_optimizers_of_the_report_learn():
    for asked in REPORT:
        training = trained(settings(optimizer={**asked, "lr": 0.01}, epochs=1))
        assert not training.diverged, asked
        assert training.history[0]["step"] == 3


def test_an_optimizer_loads_no_compiler():
    code = (
        "import sys, torch\n"
        "from ablate.training import optimizers\n"
        "o = optimizers.placeholder(0.1)\n"
        "optimizers.update(o, o.param_groups[0]['params'])\n"
        "o.zero_grad(); o.load_state_dict(o.state_dict())\n"
        "assert 'torch._dynamo' not in sys.modules\n"
    )
    workflow = Path(__file__).parents[3] / "workflow"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=workflow)
