"""The CUDA cards that torch can compute on here, and why it cannot on others."""

import functools
import warnings

import torch
from torch.nn import functional

from ablate.errors import AblateError
from ablate.job import log

# How torch says that there is no card; anything else it says of one that it cannot use.
NONE = ("no NVIDIA driver", "No CUDA GPUs are available", "no CUDA-capable device", "not compiled")
INSIST = "or train on the CPU all the same: --config device=cpu"


def resolve(asked: str) -> str:
    """ "cuda" or "cpu" for "auto", "cuda" or "cpu".

    Raises:
        AblateError: CUDA was asked for and there is none; or there is a card and torch cannot use
            it: "auto" stands for a CPU only where there is nothing else.
    """
    if asked == "cpu":
        return "cpu"
    reason = complaint()
    if reason is not None:
        raise AblateError(
            f"device: {asked}, but torch cannot use the CUDA device here: {reason} "
            f"Fix that, {INSIST}."
        )
    if torch.cuda.is_available():
        return "cuda"
    if asked == "cuda":
        raise AblateError(
            "device: cuda was asked for, but torch finds no CUDA device here. "
            "Allowed: auto, cpu, or a machine with a CUDA device."
        )
    other = torch.accelerator.current_accelerator(check_available=True)
    if other is not None:
        log.note(f"training on the CPU: ablate does not use {other.type}, found here")
    elif not torch.backends.cuda.is_built():
        log.note("training on the CPU: this torch is built without CUDA, so it would find no card")
    return "cpu"


def complaint() -> str | None:
    """Why torch cannot use the cards of this machine; None where it can, or where none is seen.

    Looked for before cards are counted: until it is set up, torch asks the driver for their number,
    which knows nothing of MIG, and would name cards that CUDA does not show.
    """
    try:
        _torchs_advice()
    except (RuntimeError, AssertionError, torch.cuda.DeferredCudaCallError) as error:
        return None if any(words in str(error) for words in NONE) else _first_line(error)
    return None


def first_usable() -> int:
    """The index of the first card that `try_out` finds fit.

    Raises:
        AblateError: there is none.
    """
    reasons = {}
    for index in range(torch.cuda.device_count()):
        try:
            try_out(index)
        except AblateError as error:
            reasons[index] = str(error)
            continue
        return index
    raise AblateError(none_usable(reasons))


def try_out(index: int) -> None:
    """Train a convolution of one weight on a card.

    Raises:
        AblateError: torch has no kernels for the card, or the card no room.
    """
    advice = _torchs_advice()
    device = torch.device("cuda", index)
    try:
        images = torch.ones(1, 1, 4, 4, device=device)
        kernel = torch.ones(1, 1, 3, 3, device=device, requires_grad=True)
        functional.conv2d(images, kernel).sum().backward()
        torch.cuda.synchronize(device)
    except RuntimeError as error:
        said = " ".join([_first_line(error), *advice])
        raise AblateError(f"{torch.cuda.get_device_name(index)}: {said}") from error


def none_usable(reasons: dict[int, str]) -> str:
    """What to say where no card passes: `reasons` by index."""
    each = "; ".join(f"card {index}, {reason}" for index, reason in sorted(reasons.items()))
    return f"torch cannot train on any CUDA device here: {each or 'there is none'}. {INSIST[3:]}."


@functools.cache
def _torchs_advice() -> tuple[str, ...]:
    """What torch warns of when it first looks at the cards: which wheels have their kernels."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        torch.cuda.init()
    return tuple(" ".join(str(warning.message).split()) for warning in said)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def check_update(optimizer: str, device_type: str) -> None:
    """Refuse what torch has a fused update for on CUDA, and refuses itself: at the first step.

    Raises:
        AblateError: it is Adagrad, on CUDA, with a torch before 2.13.
    """
    found = tuple(map(int, torch.__version__.split(".")[:2]))
    if device_type == "cuda" and optimizer == "Adagrad" and found < (2, 13):
        raise AblateError(
            f"optimizer: Adagrad cannot train on a card with torch {torch.__version__}, which "
            "refuses its own update there. Allowed: torch 2.13 or newer, another optimizer, or "
            "--config device=cpu."
        )
