"""A run in progress: all that changes while it trains, and how to save and restore it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from ablate.observers import Observer
from ablate.training import order
from ablate.training.device import wait_for
from ablate.training.evaluate import Evaluation
from ablate.training.length import Length
from ablate.training.step import Step

Row = dict[str, float]


class Stateful(Protocol):
    """What changes in training beside the network; it loads its state in place."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


@dataclass
class Best:
    """The first epoch with the highest test accuracy; epoch 0 is the network before training.

    probabilities: float32 [test images, classes], None where epoch 0 was not evaluated.
    """

    epoch: int
    accuracy: float
    weights: dict[str, Tensor]
    probabilities: Tensor | None


@dataclass
class Training:
    """One network on its way through a run.

    epoch: the one in training, from 1; beyond the last when the run is over. position: steps of it
    that are done. rates: the learning rate of each step. evaluations: by what their columns of
    the history are called, "test" and with a holdout "holdout". evaluated: the network whose
    weights are evaluated and kept: the one that trains, unless its weights are averaged. kept: what
    else changes in training, by name, saved by its `state_dict`. machines: what it ran on, in turn:
    a resumed training may go on elsewhere.
    """

    seed: int
    length: Length
    rates: list[float]
    network: nn.Module
    step: Step
    evaluations: dict[str, Evaluation]
    observers: Sequence[Observer] = ()
    evaluated: nn.Module | None = None
    kept: dict[str, Stateful] = field(default_factory=dict)
    epoch: int = 1
    position: int = 0
    epoch_seconds: float = 0.0
    history: list[Row] = field(default_factory=list)
    histograms: list[dict[str, Any]] = field(default_factory=list)
    best: Best | None = None
    diverged: bool = False
    resumed: int = 0
    started: str = ""
    machines: list[str] = field(default_factory=list)
    clock: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.evaluated is None:
            self.evaluated = self.network
        if self.best is None:
            self.best = Best(0, float("-inf"), self.weights(), None)

    @property
    def finished(self) -> bool:
        return self.diverged or self.epoch > self.length.epochs

    @property
    def steps_done(self) -> int:
        """Steps taken so far in the whole run."""
        return min(self.length.first_step(self.epoch) + self.position, self.length.steps)

    @property
    def seconds(self) -> float:
        """Seconds of training and evaluation so far, saving and start-up left out."""
        return sum(row["seconds"] for row in self.history)

    def weights(self) -> dict[str, Tensor]:
        """A copy of the evaluated network's parameters and buffers, on its device."""
        return {name: tensor.clone() for name, tensor in self.evaluated.state_dict().items()}

    def start_epoch(self) -> None:
        """Draw this epoch's order and augmentation; go on where it was left."""
        images = self.length.images
        drawn = self.step.pipeline.draw(
            images, order.generator("augmentation", self.seed, self.epoch)
        )
        self.step.start_epoch(order.order(images, self.seed, self.epoch), drawn, self.position)
        self.clock = time.monotonic()

    def take_step(self) -> None:
        """Train on the next minibatch."""
        step = self.steps_done
        self.step(step + 1, self.length.batch_at(self.position), self.rate_at(step))
        self.position += 1

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        return self.rates[step]

    def stop_clock(self) -> None:
        """Add the seconds since the clock was last read to the epoch's."""
        # A step is only queued when the host goes on.
        wait_for(self.step.order.device)
        now = time.monotonic()
        self.epoch_seconds += now - self.clock
        self.clock = now

    def next_epoch(self) -> None:
        """Go on to the epoch after this one."""
        self.epoch += 1
        self.position = 0
        self.epoch_seconds = 0.0

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs to go on to the same bits; tensors are not copied."""
        return {
            "weights": self.network.state_dict(),
            "buffers": list(self.network.buffers()),
            "optimizer": self.step.optimizer.state_dict()["state"],
            "random": random_state(self.step.order.device),
            "sums": [self.step.losses, self.step.correct],
            "observers": [observer.state_dict() for observer in self.observers],
            "kept": {name: kept.state_dict() for name, kept in self.kept.items()},
            "best": vars(self.best),
            **{name: getattr(self, name) for name in PROGRESS},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Become what `state_dict` described."""
        device = self.step.order.device
        self.network.load_state_dict(state["weights"])
        # Those too that are no part of a network's weights.
        for buffer, saved in zip(self.network.buffers(), state["buffers"], strict=True):
            buffer.copy_(saved)
        optimizer = self.step.optimizer
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state["optimizer"]})
        for buffer, saved in zip((self.step.losses, self.step.correct), state["sums"], strict=True):
            buffer.copy_(saved)
        for observer, saved in zip(self.observers, state["observers"], strict=True):
            observer.load_state_dict(saved)
        for name, kept in self.kept.items():
            kept.load_state_dict(state["kept"][name])
        self.best = Best(**_on(device, state["best"]))
        for name in PROGRESS:
            setattr(self, name, state[name])
        set_random_state(state["random"], device)


PROGRESS = (
    *("epoch", "position", "epoch_seconds", "history", "histograms"),
    *("diverged", "resumed", "started", "machines"),
)


def random_state(device: torch.device) -> list[Tensor]:
    """The states of torch's default generators, which dropout and RReLU draw from."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if device.type == "cuda" else states


def set_random_state(states: list[Tensor], device: torch.device) -> None:
    """Undo what was drawn since `random_state`."""
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states[1], device)


def _on(device: torch.device, value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {name: _on(device, inner) for name, inner in value.items()}
    return value


Action = Callable[[Training], None]
