"""The training loss of every step."""

from typing import Any

import numpy as np
import torch
from torch import nn

from ablate.observers import Moment


class Observer:
    """Keeps each minibatch's loss, in training mode and before the update.

    Series: loss float32 [steps so far].
    """

    needs_host = False
    needs_fp32 = False

    def __init__(
        self,
        options: dict[str, Any],
        total_steps: int,
        model: nn.Module,
        device: torch.device | str,
    ) -> None:
        self.step = torch.zeros(1, dtype=torch.int64, device=device)
        self.loss = torch.full((total_steps,), torch.nan, device=device)

    def observe(self, moment: Moment) -> None:
        self.loss.index_copy_(0, self.step, moment.loss.detach().float().reshape(1))
        self.step += 1

    def series(self) -> dict[str, np.ndarray]:
        return {"loss": self.loss[: int(self.step)].cpu().numpy()}

    def state_dict(self) -> dict[str, Any]:
        return {"step": self.step.clone(), "loss": self.loss.clone()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.step.copy_(state["step"])
        self.loss.copy_(state["loss"])
