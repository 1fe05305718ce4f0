"""Learning rates by epoch: torch's own schedules."""

import warnings
from typing import TYPE_CHECKING

import torch

from ablate.errors import AblateError
from ablate.training import optimizers

if TYPE_CHECKING:
    from ablate import settings


def rates(schedule: "settings.Schedule | None", lr: float, epochs: int) -> list[float]:
    """The learning rate of each of `epochs` epochs: torch's scheduler, stepped once an epoch.

    It starts from `lr`; without a schedule it stays there.

    Raises:
        AblateError: torch refuses the schedule's arguments.
    """
    if schedule is None:
        return [lr] * epochs
    optimizer = optimizers.placeholder(lr)
    try:
        scheduler = getattr(torch.optim.lr_scheduler, schedule.name)(
            optimizer, **schedule.arguments
        )
    except (TypeError, ValueError) as error:
        raise AblateError(f"schedule: torch's {schedule.name} refuses: {error}") from error
    found = []
    for _ in range(epochs):
        found.append(float(optimizer.param_groups[0]["lr"]))
        _advance(scheduler)
    return found


def _advance(scheduler: torch.optim.lr_scheduler.LRScheduler) -> None:
    with warnings.catch_warnings():
        # torch warns that the optimizer, of which only the rate is of use here, has not stepped.
        warnings.simplefilter("ignore", UserWarning)
        scheduler.step()
