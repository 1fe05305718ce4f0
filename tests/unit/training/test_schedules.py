import pytest
import torch
from tiny_training import settings

from ablate.errors import AblateError
from ablate.settings import Schedule
from ablate.training import schedules
from ablate.training.length import Length

SCHEDULES = [
    {"name": "StepLR", "step_size": 10, "gamma": 0.1},
    {"name": "StepLR", "step_size": 5, "gamma": 0.33},
    {"name": "MultiStepLR", "milestones": [135, 185], "gamma": 0.1},
    {"name": "ExponentialLR", "gamma": 0.9},
    {"name": "CosineAnnealingLR", "T_max": 10},
]


def rate_by_step(schedule: dict | None, lr: float, length: Length) -> list[float]:
    asked = Schedule.model_validate(schedule) if schedule else None
    rates = schedules.rates(asked, lr, length.scheduled())
    return [rates[length.schedule_epoch(step)] for step in range(length.steps)]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: "-".join(map(str, s.values())))
def test_at_full_scale_every_step_has_the_rate_of_torch_stepped_per_epoch(schedule):
    epochs, batches = 200, 7
    found = rate_by_step(schedule, 0.1, Length(50, 8, epochs * batches))
    arguments = {name: value for name, value in schedule.items() if name != "name"}
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = getattr(torch.optim.lr_scheduler, schedule["name"])(optimizer, **arguments)
    expected = []
    for _ in range(epochs):
        for _ in range(batches):
            optimizer.step()
            expected.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    assert found == expected


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: "-".join(map(str, s.values())))
@pytest.mark.parametrize("steps", [1, 9, 23, 240, 1001])
def test_a_shrunken_run_follows_its_schedule_by_progress(schedule, steps):
    epochs = 240
    rates = schedules.rates(Schedule.model_validate(schedule), 0.1, epochs)
    found = rate_by_step(schedule, 0.1, Length(50, 8, steps, schedule_epochs=epochs))
    assert found == [rates[step * epochs // steps] for step in range(steps)]


def test_the_reports_step_schedule_in_numbers():
    rates = schedules.rates(Schedule.model_validate(SCHEDULES[0]), 0.1, 50)
    assert rates == pytest.approx(
        [0.1] * 10 + [1e-2] * 10 + [1e-3] * 10 + [1e-4] * 10 + [1e-5] * 10
    )


def test_without_a_schedule_the_rate_stays():
    assert rate_by_step(None, 0.02, Length(50, 8, 30)) == [0.02] * 30


def test_a_run_in_steps_changes_its_rate_between_its_own_epochs():
    halving = {"name": "StepLR", "step_size": 1, "gamma": 0.5}
    length = Length.of(settings(steps=16, epochs=None, batch_size=8), images=50)
    assert rate_by_step(halving, 1.0, length) == [1.0] * 7 + [0.5] * 7 + [0.25] * 2


def test_arguments_that_torch_refuses_are_named():
    unchecked = Schedule.model_construct(name="LinearLR", arguments={"start_factor": 2.0})
    with pytest.raises(AblateError, match="LinearLR refuses"):
        schedules.rates(unchecked, 0.1, 3)
