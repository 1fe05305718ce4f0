"""How kernels are chosen on a card, and waited for; torch's switches are looked at, no card is."""

import pytest
import torch

from ablate.training.device import Device, choose_kernels, wait_for

CARD = Device(torch.device("cuda", 0), "a card")


@pytest.fixture
def switches(monkeypatch):
    """torch's switches, back as they were afterwards; what was asked of its algorithms."""
    asked = []
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.deterministic
    monkeypatch.setattr(torch, "use_deterministic_algorithms", asked.append)
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    filled = torch.utils.deterministic.fill_uninitialized_memory
    yield asked
    cudnn.benchmark, cudnn.deterministic = before
    torch.utils.deterministic.fill_uninitialized_memory = filled


@pytest.mark.parametrize("deterministic", [False, True])
def test_no_kernel_is_searched_for_by_trying(switches, deterministic):
    # Each of a hundred short jobs would search, and one that goes on might find others.
    torch.backends.cudnn.benchmark = True
    choose_kernels(deterministic, CARD)
    assert torch.backends.cudnn.benchmark is False
    assert torch.backends.cudnn.deterministic is deterministic


def test_only_a_deterministic_run_asks_torch_for_more(switches):
    choose_kernels(False, CARD)
    assert switches == []
    choose_kernels(True, CARD)
    assert switches == [True]


def test_a_cpu_has_nothing_to_choose(switches):
    torch.backends.cudnn.benchmark = True
    choose_kernels(True, Device(torch.device("cpu"), "a processor"))
    assert torch.backends.cudnn.benchmark is True
    assert switches == []


def test_a_card_is_waited_for_and_a_cpu_never(monkeypatch):
    waited = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    wait_for(torch.device("cpu"))
    assert waited == []
    wait_for(CARD.torch_device)
    assert waited == [CARD.torch_device]
