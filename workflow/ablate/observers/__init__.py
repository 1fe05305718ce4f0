"""What is measured while a network trains, besides its history: one module an observer.

An observer looks on: training with it and without it gives the same bits.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ablate import named
from ablate.errors import AblateError


@dataclass(frozen=True)
class Moment:
    """A training step between its backward pass and the optimizer's update.

    Attributes:
        step: number of the step, from 1.
        loss: of the minibatch in training mode, detached, of shape [].
        inputs: augmented and normalised images [batch, 3, height, width].
        labels: [batch].
        targets: what the loss compares outputs with: the labels, or those of a mixture.
        model: the network, its gradients in place.
        lr: the learning rate of the coming update.
        criterion: maps outputs and targets to the loss.
    """

    step: int
    loss: Tensor
    inputs: Tensor
    labels: Tensor
    targets: Any
    model: nn.Module
    lr: float
    criterion: Callable[[Tensor, Any], Tensor]


class Observer(Protocol):
    """What training asks of an observer.

    Where `needs_host` is False, `observe` may be recorded in a CUDA graph: it never waits for the
    device, takes its step number from a counter there and writes into tensors that stay where
    they are; `load_state_dict` too writes in place. Where it is True, each call needs Python.

    Where `needs_fp32` is True, runs that ask for precision "auto" train in fp32: it measures small
    differences between gradients, which bf16's 8 bits would swamp.
    """

    needs_host: bool
    needs_fp32: bool

    def observe(self, moment: Moment) -> None:
        """Look at one step; called once a step, in order."""

    def series(self) -> dict[str, np.ndarray]:
        """What was seen so far, by the names it has in steps.npz."""

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything needed to go on in another process."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a `state_dict`."""


def build_observers(
    observers: Iterable[Mapping[str, Any]],
    total_steps: int,
    model: nn.Module,
    device: torch.device | str,
) -> list[Observer]:
    """The observers a run asks for, each a mapping of its `name` and its options.

    Raises:
        AblateError: a name that is none of the observers, or an option its observer refuses.
    """
    return [_build(dict(asked), total_steps, model, device) for asked in observers]


def _build(
    options: dict[str, Any], total_steps: int, model: nn.Module, device: torch.device | str
) -> Observer:
    return observer_class(options.pop("name"))(options, total_steps, model, device)


def observer_class(name: str) -> type[Observer]:
    """The observer of this name, from its module; a name with a dot is one's own: file.name.

    Raises:
        AblateError: there is none.
    """
    if "." in name:
        return named.own(name)
    known = [module.name for module in pkgutil.iter_modules(__path__)]
    if name not in known:
        raise AblateError(f"unknown observer {name!r}; allowed: {', '.join(known)}")
    return importlib.import_module(f"ablate.observers.{name}").Observer
