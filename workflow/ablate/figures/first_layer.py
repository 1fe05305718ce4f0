"""The first convolution of a finished run, from its checkpoint."""

from typing import TYPE_CHECKING

from ablate.errors import AblateError
from ablate.runs.finished import FinishedRun

if TYPE_CHECKING:
    from torch import Tensor


def first_convolution(run: FinishedRun) -> "tuple[Tensor, Tensor | None]":
    """Weight [out, in, k, k] and bias [out] or None of the first convolution of the best epoch.

    Raises:
        AblateError: the checkpoint is missing, empty or holds no convolution.
    """
    weights = run.weights()
    for name, tensor in weights.items():
        if name.endswith("weight") and tensor.dim() == 4:
            return tensor.float(), weights.get(name.removesuffix("weight") + "bias")
    raise AblateError(f"{run.folder / 'checkpoint.pt'} holds no convolution among its weights.")
