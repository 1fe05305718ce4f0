"""Which arithmetic a run uses: fp32, or bf16 where it is fast and harmless."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from ablate import models
from ablate.errors import AblateError
from ablate.observers import observer_class

# Forward FLOP of one image from which a CPU gains by bf16. Measured on AVX512-BF16 (Zen 4, one
# core), a step's time in fp32 over that in bf16: 1.6 to 1.9 from 280 MFLOP on; at 18 MFLOP 1.2 at
# batch 16 and 1.4 at 128; at 5 MFLOP 0.97 and 1.1; at 1 MFLOP 0.97.
SMALLEST_FOR_BF16 = 10e6


def choose(asked: str, device: torch.device, observers: Iterable[str], flops: float) -> str:
    """ "fp32" or "bf16" for a run that asked for "auto", "fp32" or "bf16".

    auto: fp32 where an observer measures gradients; bf16 on CUDA devices that have it, and on CPUs
    with AMX or AVX512-BF16 for networks of at least 10 MFLOP an image (`flops`, forward).

    Raises:
        AblateError: bf16 was asked for, and the card only imitates it, far more slowly than fp32.
    """
    if asked == "bf16" and device.type == "cuda" and not _card_has_bf16():
        raise AblateError(
            f"precision: bf16 was asked for, but {torch.cuda.get_device_name(device)} does not "
            "compute in it. Allowed here: auto, fp32."
        )
    if asked != "auto":
        return asked
    if _need_fp32(observers):
        return "fp32"
    if device.type == "cuda":
        return "bf16" if _card_has_bf16() else "fp32"
    return "bf16" if flops >= SMALLEST_FOR_BF16 and _cpu_has_fast_bf16() else "fp32"


def _need_fp32(observers: Iterable[str]) -> bool:
    return any(observer_class(name).needs_fp32 for name in observers)


def _card_has_bf16() -> bool:
    return torch.cuda.is_bf16_supported(including_emulation=False)


def _cpu_has_fast_bf16() -> bool:
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def set_up(precision: str, observers: Iterable[str]) -> None:
    """Allow TF32 in what bf16 leaves in fp32, unless an observer measures gradients."""
    tf32 = precision == "bf16" and not _need_fp32(observers)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32


def forward(network: nn.Module, precision: str, device: torch.device) -> Callable[[Tensor], Tensor]:
    """The network as a function of float32 images whose outputs are float32.

    Under bf16 convolutions and Linear layers compute in bf16, from weights kept in fp32. Batch
    statistics, the loss and the last Linear stay in fp32: the gradient of the latter is measured.
    """
    if precision == "fp32":
        return network
    last = models.last_linear(network)
    if type(last) is nn.Linear:
        # Its class and nothing else, so that copies and state dicts of the network stay.
        last.__class__ = Fp32Linear

    def in_bf16(images: Tensor) -> Tensor:
        # No cache: a step uses each weight once, and a CUDA graph must not hold on to casts.
        with torch.autocast(device.type, torch.bfloat16, cache_enabled=False):
            return network(images)

    return in_bf16


class Fp32Linear(nn.Linear):
    """A Linear layer that autocast leaves alone."""

    def forward(self, inputs: Tensor) -> Tensor:
        with torch.autocast(inputs.device.type, enabled=False):
            return super().forward(inputs.float())
