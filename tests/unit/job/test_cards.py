"""Which cards torch can compute on, and what is said of others; drivers and cards are stand-ins."""

import warnings
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import torch

from ablate.errors import AblateError
from ablate.job import cards

OLD_DRIVER = "The NVIDIA driver on your system is too old (found version 11080)."
NO_DRIVER = "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU."
NO_CARD = "No CUDA GPUs are available"


@pytest.fixture
def driver(monkeypatch):
    """Lets torch find no CUDA and say this of it."""

    def says(words):
        def init():
            raise RuntimeError(words)

        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        monkeypatch.setattr(torch.cuda, "init", init)

    return says


@pytest.mark.parametrize(("asked", "kind"), [("auto", "cuda"), ("cpu", "cpu"), ("cuda", "cuda")])
def test_auto_is_cuda_where_there_is_one(monkeypatch, asked, kind):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert cards.resolve(asked) == kind


@pytest.mark.parametrize("words", [NO_DRIVER, NO_CARD, "Torch not compiled with CUDA enabled"])
def test_without_a_card_auto_is_the_cpu_and_cuda_is_refused(driver, words):
    driver(words)
    assert cards.resolve("auto") == "cpu"
    with pytest.raises(AblateError, match="finds no CUDA device"):
        cards.resolve("cuda")


@pytest.mark.parametrize("asked", ["auto", "cuda"])
def test_a_card_that_torch_cannot_use_is_not_silently_replaced(driver, asked):
    driver(OLD_DRIVER)
    with pytest.raises(AblateError, match=r"too old \(found version 11080\).*device=cpu"):
        cards.resolve(asked)
    assert cards.resolve("cpu") == "cpu"


def test_a_card_that_fails_while_torch_looks_at_it_is_told_in_its_words(monkeypatch):
    """As where CUDA shows one MIG slice and torch looks at the next card all the same."""

    def init():
        raise torch.cuda.DeferredCudaCallError("CUDA call failed lazily: device < num_gpus\nmore")

    cards._torchs_advice.cache_clear()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "init", init)
    with pytest.raises(AblateError, match=r"cannot use .* lazily: device < num_gpus Fix that"):
        cards.resolve("auto")


def test_cards_are_counted_once_torch_is_set_up(monkeypatch):
    """Before, it asks the driver, which counts cards that CUDA does not show beside a slice."""
    asked = []
    cards._torchs_advice.cache_clear()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "init", lambda: asked.append("set up"))
    assert cards.resolve("auto") == "cuda"
    assert asked == ["set up"]
    cards._torchs_advice.cache_clear()


def test_another_accelerator_is_named_as_not_used(driver, monkeypatch, capsys):
    driver(NO_DRIVER)
    found = torch.device("mps")
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: found)
    assert cards.resolve("auto") == "cpu"
    assert "does not use mps" in capsys.readouterr().err


@pytest.mark.parametrize(("built", "said"), [(False, 1), (True, 0)])
def test_a_torch_that_can_find_no_card_says_so(driver, monkeypatch, capsys, built, said):
    driver("Torch not compiled with CUDA enabled")
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: built)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: None)
    assert cards.resolve("auto") == "cpu"
    assert capsys.readouterr().err.count("this torch is built without CUDA") == said


@pytest.fixture
def card_without_kernels(monkeypatch):
    """Two cards; torch warns of both, and holds kernels for the second alone."""

    def init():
        warnings.warn("Found GPU0 which is of cuda capability 6.1.\n  Install cu126.", stacklevel=1)

    def convolve(images, kernel):
        if images.device.index == 0:
            raise RuntimeError("CUDA error: no kernel image is available\nmore")
        return torch.zeros(1, requires_grad=True)

    def ones(*shape, device, **options):
        return SimpleNamespace(device=device)

    monkeypatch.setattr(torch.cuda, "init", init)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"card of type {index}")
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: None)
    monkeypatch.setattr(cards.torch, "ones", ones)
    monkeypatch.setattr(cards.functional, "conv2d", convolve)
    cards._torchs_advice.cache_clear()
    yield
    cards._torchs_advice.cache_clear()


def test_a_card_without_kernels_is_told_with_torchs_own_advice(card_without_kernels):
    words = "card of type 0: CUDA error: no kernel image is available .* 6.1. Install cu126"
    with pytest.raises(AblateError, match=words):
        cards.try_out(0)
    cards.try_out(1)


def test_the_first_card_that_can_train_is_found(card_without_kernels, monkeypatch):
    assert cards.first_usable() == 1
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(AblateError, match="cannot train on any CUDA device here: card 0, card of"):
        cards.first_usable()


@pytest.mark.parametrize(
    ("optimizer", "device", "version", "refused"),
    [
        ("Adagrad", "cuda", "2.11.0+cu130", True),
        ("Adagrad", "cuda", "2.13.0", False),
        ("Adagrad", "cpu", "2.11.0", False),
        ("Adam", "cuda", "2.11.0", False),
    ],
)
def test_an_update_that_torch_refuses_on_a_card_is_said_before_it_trains(
    monkeypatch, optimizer, device, version, refused
):
    monkeypatch.setattr(torch, "__version__", version)
    with pytest.raises(AblateError, match="Adagrad cannot train") if refused else nullcontext():
        cards.check_update(optimizer, device)
