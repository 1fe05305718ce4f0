"""An exponential moving average of the weights, evaluated and kept in their stead."""

import copy
from typing import Any

import torch
from torch import nn

from ablate.training.parts import Parts


def add(parts: Parts, decay: float) -> None:
    """Evaluate and keep the average of the weights instead of the weights that train."""
    averaged = Averaged(parts.network, decay)
    parts.evaluated = averaged.network
    parts.after_update.append(averaged.update)
    parts.kept["ema_decay"] = averaged


class Averaged:
    """network: a copy of `trained` whose parameters and buffers follow its own.

    After update t (from 1): average <- d average + (1 - d) weights, d = min(decay, (1 + t) /
    (10 + t)), so that a run much shorter than 1 / (1 - decay) steps forgets its random beginning
    too (TensorFlow's ExponentialMovingAverage with num_updates). Statistics of batch normalisation
    are averaged likewise; whole numbers are copied.
    """

    def __init__(self, trained: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(trained).requires_grad_(False)
        self.decay = decay
        ours, theirs = ([*n.parameters(), *n.buffers()] for n in (self.network, trained))
        pairs = list(zip(ours, theirs, strict=True))
        self.averages = [ours for ours, _ in pairs if ours.is_floating_point()]
        self.weights = [theirs for _, theirs in pairs if theirs.is_floating_point()]
        self.copied = [pair for pair in pairs if not pair[0].is_floating_point()]
        self.updates = torch.zeros((), device=self.averages[0].device)

    @torch.no_grad()
    def update(self) -> None:
        """Follow the weights after another update."""
        self.updates += 1
        decay = ((1 + self.updates) / (10 + self.updates)).clamp(max=self.decay)
        torch._foreach_lerp_(self.averages, self.weights, 1 - decay)
        for ours, theirs in self.copied:
            ours.copy_(theirs)

    def state_dict(self) -> dict[str, Any]:
        return {"weights": self.network.state_dict(), "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["weights"])
        self.updates.copy_(state["updates"])
