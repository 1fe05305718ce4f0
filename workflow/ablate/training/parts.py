"""What a training is put together from, laid out for the options of a run to change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from ablate.data.dataset import Dataset
from ablate.training.length import Length
from ablate.training.optimizers import Group
from ablate.training.training import Stateful

Forward = Callable[[Tensor], Tensor]
Criterion = Callable[[Tensor, Any], Tensor]
Act = Callable[[], None]


@dataclass
class Parts:
    """The parts of a training: as they are without options, until an option changes them.

    Attributes:
        network: the one that trains, on its device.
        criterion: the loss from outputs and targets.
        rates: the learning rate of every step.
        groups: the optimizer's groups of parameters.
        evaluated: the network whose weights are evaluated and kept.
        judged: what the evaluation makes of that network's forward pass.
        before_update: called, in order, before each update of the optimizer.
        after_update: called after it.
        kept: what these change, to be saved with the training's state, by name.
    """

    network: nn.Module
    criterion: Criterion
    rates: list[float]
    length: Length
    data: Dataset
    groups: list[Group]
    evaluated: nn.Module
    judged: Callable[[Forward], Forward] = lambda forward: forward
    before_update: list[Act] = field(default_factory=list)
    after_update: list[Act] = field(default_factory=list)
    kept: dict[str, Stateful] = field(default_factory=dict)

    @classmethod
    def plain(
        cls,
        network: nn.Module,
        criterion: Criterion,
        rates: list[float],
        length: Length,
        data: Dataset,
    ) -> "Parts":
        """The parts of a training without options."""
        groups = [{"params": list(network.parameters())}]
        return cls(network, criterion, rates, length, data, groups, network)
