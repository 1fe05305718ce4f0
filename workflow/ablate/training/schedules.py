"""The learning rate of each step: torch's own schedules."""

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from ablate import named
from ablate.errors import AblateError
from ablate.training import optimizers
from ablate.training.length import Length

if TYPE_CHECKING:
    from ablate import settings

# What the schedulers that count steps are told besides how many there are; all others count epochs.
BY_STEP = {"OneCycleLR": {"cycle_momentum": False}}


def by_step(schedule: "settings.Schedule | None", lr: float, length: Length) -> list[float]:
    """The learning rate of every step of a run.

    Raises:
        AblateError: the schedule's arguments are refused.
    """
    if schedule is not None and counts_steps(schedule.name):
        own = {"total_steps": length.steps, **BY_STEP.get(schedule.name, {})}
        return rates(schedule, lr, length.steps, own)
    by_epoch = rates(schedule, lr, length.scheduled())
    return [by_epoch[length.schedule_epoch(step)] for step in range(length.steps)]


def counts_steps(name: str) -> bool:
    """Whether a scheduler is stepped once a step; one's own says so by `by_step = True`."""
    return getattr(named.own(name), "by_step", False) if "." in name else name in BY_STEP


def rates(
    schedule: "settings.Schedule | None",
    lr: float,
    count: int,
    own: Mapping[str, Any] = MappingProxyType({}),
) -> list[float]:
    """The first `count` learning rates of torch's scheduler, stepped once after each.

    It starts from `lr`; without a schedule it stays there. own: arguments that no setting gives.

    Raises:
        AblateError: torch refuses the schedule's arguments.
    """
    if schedule is None:
        return [lr] * count
    optimizer = optimizers.placeholder(lr)
    scheduler = named.find(torch.optim.lr_scheduler, schedule.name)
    try:
        stepped = scheduler(optimizer, **schedule.arguments, **own)
    except (TypeError, ValueError) as error:
        raise AblateError(
            f"schedule: {schedule.name} refuses: {named.blame(error) or error}"
        ) from error
    found = []
    for number in range(count):
        found.append(float(optimizer.param_groups[0]["lr"]))
        if number + 1 < count:
            _advance(stepped.step)
    return found


def _advance(step: Callable[[], None]) -> None:
    with warnings.catch_warnings():
        # torch warns that the optimizer, of which only the rate is of use here, has not stepped.
        warnings.simplefilter("ignore", UserWarning)
        step()
