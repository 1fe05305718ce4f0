import pytest
import torch

from ablate.commands import cost
from ablate.models import cost as models_cost
from ablate.settings import Run


@pytest.mark.parametrize(
    "model",
    [
        {"name": "resnet18", "width": 0.5},
        {"name": "resnet50", "activation": {"name": "RReLU"}},
        {"name": "vgg_a", "batch_norm": True, "dropout": 0.5},
        {"name": "mobilenet_v3_small"},
    ],
)
def test_a_network_counts_what_it_counts_with_all_its_arithmetic(model):
    run = Run.model_validate({"model": model})
    assert cost.parameters_and_flop(run) == models_cost.count(run.model, 10, (32, 32))


def test_counting_leaves_torch_as_it_was():
    before = torch.random.get_rng_state()
    cost._of_model.cache_clear()
    cost.parameters_and_flop(Run.model_validate({"model": {"name": "resnet18"}}))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert (
        torch.nn.BatchNorm2d(2)(torch.tensor([[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]])).abs().min()
        > 0.9
    )
