"""How the gradient of the last layer moves from step to step."""

from typing import Any

import numpy as np
import torch
from torch import nn

from ablate import models
from ablate.errors import AblateError
from ablate.observers import Moment


class Observer:
    """Measures G_t, the gradient of the minibatch loss by the weight of the last Linear layer.

    At every step the difference d_t = ||G_t - G_(t-1)||_2; at every `every`-th step (every,
    2 every, ...; an option) G_t itself. Step 1 has no d_t, and its G_t would tell
    nothing about learning rates: runs of one seed share it.

    Series: gradient_difference float32 [steps so far], nan at step 1; gradient_steps int64 [K];
    gradients float32 [K, classes, features].
    """

    needs_host = False
    needs_fp32 = True

    def __init__(
        self,
        options: dict[str, Any],
        total_steps: int,
        model: nn.Module,
        device: torch.device | str,
    ) -> None:
        self.every = options["every"]
        layer = models.last_linear(model)
        if layer is None:
            raise AblateError(
                "the observer gradients follows the last Linear layer, and this network has none"
            )
        weight = layer.weight
        self.step = torch.zeros(1, dtype=torch.int64, device=device)
        self.previous = torch.full(weight.shape, torch.nan, dtype=weight.dtype, device=device)
        self.difference = torch.full((total_steps,), torch.nan, device=device)
        windows = -(-total_steps // self.every)
        self.gradients = torch.full((windows, *weight.shape), torch.nan, device=device)

    @torch.no_grad()
    def observe(self, moment: Moment) -> None:
        gradient = models.last_linear(moment.model).weight.grad
        norm = torch.linalg.vector_norm(gradient - self.previous)
        self.difference.index_copy_(0, self.step, norm.float().reshape(1))
        # A graph cannot branch on the step, so every step writes: a window of `every` steps
        # holds its latest gradient, and once full that of its last step.
        window = torch.div(self.step, self.every, rounding_mode="floor")
        self.gradients.index_copy_(0, window, gradient.float()[None])
        self.previous.copy_(gradient)
        self.step += 1

    def series(self) -> dict[str, np.ndarray]:
        steps = int(self.step)
        drawn = np.arange(self.every, steps + 1, self.every, dtype=np.int64)
        return {
            "gradient_difference": self.difference[:steps].cpu().numpy(),
            "gradient_steps": drawn,
            "gradients": self.gradients[: len(drawn)].cpu().numpy(),
        }

    def state_dict(self) -> dict[str, Any]:
        return {name: tensor.clone() for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, tensor in self._tensors().items():
            tensor.copy_(state[name])

    def _tensors(self) -> dict[str, torch.Tensor]:
        return {
            "step": self.step,
            "previous": self.previous,
            "difference": self.difference,
            "gradients": self.gradients,
        }
