"""The loss surface along the gradient, as Santurkar et al. measure it.

Santurkar, Tsipras, Ilyas, Madry: How Does Batch Normalization Help Optimization? NeurIPS 2018,
figure 4. With g_t the gradient by all parameters at x_t, they look at x(eta) = x_t - eta g_t.
"""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from ablate.observers import Moment

# eta in units of the training step.
FACTORS = np.geomspace(0.5, 4.0, 8)


class Observer:
    """At every `every`-th step (every, 2 every, ...; an option) looks ahead.

    For eta at 8 log-spaced multiples of the learning rate, from 1/2 to 4, both included, it takes
    loss and gradient of the step's own minibatch at x(eta), batch normalisation in training mode.
    The optimizer must step along g_t for x(eta) to lie on its way: plain SGD.

    It works on copies: weights, buffers, gradients, optimizer and random state stay as they are.
    Dropout draws the same noise at every eta. The training step drew another, so there the
    gradients are compared with the gradient at x_t under the probe's own noise (one more pass);
    without noise that is g_t itself.

    Series, for P probed steps: probe_steps int64 [P]; probe_eta, probe_loss and
    probe_gradient_difference, ||grad L(x(eta)) - g_t||_2, float64 [P, 8]; probe_gradient_norm,
    ||g_t||_2, float64 [P]; probe_seconds and step_seconds, the medians of a probe's call and of an
    ordinary step (nan before the first).
    """

    needs_host = True
    needs_fp32 = True

    def __init__(
        self,
        options: dict[str, Any],
        total_steps: int,
        model: nn.Module,
        device: torch.device | str,
    ) -> None:
        self.every = options["every"]
        self.device = torch.device(device)
        self.seen: dict[str, list] = {
            "probe_steps": [],
            "probe_eta": [],
            "probe_loss": [],
            "probe_gradient_difference": [],
            "probe_gradient_norm": [],
        }
        self.seconds: dict[str, list[float]] = {"probe_seconds": [], "step_seconds": []}
        self.step_began: float | None = None

    def observe(self, moment: Moment) -> None:
        if moment.step % self.every == 0:
            began = self._now()
            if self.step_began is not None:
                self.seconds["step_seconds"].append(began - self.step_began)
            self._probe(moment)
            self.seconds["probe_seconds"].append(self._now() - began)
        # Timing waits for the device, so only the steps that end in a probe are timed.
        self.step_began = self._now() if (moment.step + 1) % self.every == 0 else None

    def _probe(self, moment: Moment) -> None:
        line = _Line(moment, self.device)
        etas = (moment.lr * FACTORS).tolist()
        losses, differences = zip(*map(line.look, etas), strict=True)
        self.seen["probe_steps"].append(moment.step)
        self.seen["probe_eta"].append(etas)
        self.seen["probe_loss"].append([loss.item() for loss in losses])
        self.seen["probe_gradient_difference"].append([norm.item() for norm in differences])
        self.seen["probe_gradient_norm"].append(_norm(line.gradient).item())

    def _now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def series(self) -> dict[str, np.ndarray]:
        medians = {
            name: np.array(statistics.median(seconds) if seconds else np.nan)
            for name, seconds in self.seconds.items()
        }
        return {name: _array(name, values) for name, values in self.seen.items()} | medians

    def state_dict(self) -> dict[str, Any]:
        return {name: list(values) for name, values in {**self.seen, **self.seconds}.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for kept in (self.seen, self.seconds):
            for name in kept:
                kept[name] = list(state[name])
        self.step_began = None


class _Line:
    """The way x(eta) = x_t - eta g_t of one step, and the loss along it."""

    def __init__(self, moment: Moment, device: torch.device) -> None:
        self.moment = moment
        self.device = device
        moved = {
            name: weight
            for name, weight in moment.model.named_parameters()
            if weight.grad is not None
        }
        self.names = list(moved)
        self.start = [weight.detach() for weight in moved.values()]
        self.gradient = [weight.grad.detach() for weight in moved.values()]
        self.reference: Sequence[Tensor] | None = None

    def look(self, eta: float) -> tuple[Tensor, Tensor]:
        """L(x(eta)) and ||grad L(x(eta)) - g_t||_2, both of shape []."""
        loss, gradient, noisy = self._at(eta)
        if self.reference is None:
            self.reference = self._at(0.0)[1] if noisy else self.gradient
        return loss, _norm([a - b for a, b in zip(gradient, self.reference, strict=True)])

    def _at(self, eta: float) -> tuple[Tensor, Sequence[Tensor], bool]:
        """Loss, gradient, and whether the pass drew random numbers, at x(eta)."""
        model = self.moment.model
        weights = [
            (weight - eta * slope).requires_grad_()
            for weight, slope in zip(self.start, self.gradient, strict=True)
        ]
        buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
        state = dict(zip(self.names, weights, strict=True)) | buffers
        cuda = self.device.type == "cuda"
        with torch.random.fork_rng([self.device] if cuda else []), torch.enable_grad():
            before = self._random_state()
            outputs = functional_call(model, state, (self.moment.inputs,))
            loss = self.moment.criterion(outputs, self.moment.targets)
            gradient = torch.autograd.grad(loss, weights)
            noisy = not torch.equal(before, self._random_state())
        return loss.detach(), gradient, noisy

    def _random_state(self) -> Tensor:
        if self.device.type == "cuda":
            return torch.cuda.get_rng_state(self.device)
        return torch.get_rng_state()


def _norm(tensors: Sequence[Tensor]) -> Tensor:
    """The 2-norm of all tensors' values taken together."""
    return torch.linalg.vector_norm(
        torch.stack([torch.linalg.vector_norm(tensor) for tensor in tensors])
    )


def _array(name: str, values: list) -> np.ndarray:
    """One row a probed step, also where there was none."""
    by_eta = name in ("probe_eta", "probe_loss", "probe_gradient_difference")
    shape = (len(values), len(FACTORS)) if by_eta else (len(values),)
    kind = np.int64 if name == "probe_steps" else np.float64
    return np.array(values, dtype=kind).reshape(shape)
