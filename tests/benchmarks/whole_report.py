"""Seconds of every training of a plan, from a slice of each: some steps, one evaluation."""

import json
import math
from functools import partial
from typing import Any

from ablate.data.dataset import Dataset
from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.settings import Run
from ablate.training.length import Length
from benchmarks.clock import now
from benchmarks.conditions import Machine
from benchmarks.contestants.ours import Contestant
from benchmarks.rows import Rows, digits
from benchmarks.task import Task
from benchmarks.turns import Pace, Runner

CIFAR10 = 50_000
# A graph is recorded at the fourth evaluation.
EVALUATIONS_BEFORE = 4


def measure(
    plan: Plan, data: Dataset, machine: Machine, pace: Pace, out: Rows, only: str = ""
) -> None:
    """Time a slice of each kind of training, and multiply; runs alone, one after the other.

    `data` stands for the plan's own: as many test images as that has. only: runs that have this in
    their names. A kind that fails is said, and those after it are timed all the same.

    Raises:
        AblateError: a kind has failed; the others are written.
    """
    images = plan.data.training_images or CIFAR10
    slices: dict[str, dict[str, float] | None] = {}
    failed = []
    for name, planned in plan.runs.items():
        if only not in name:
            continue
        observers = plan.observers(name)
        kind = kind_of(planned.run, observers)
        if kind not in slices:
            slices[kind] = attempt(name, planned.run, observers, data, machine, pace)
        found = slices[kind]
        if found is None:
            failed.append(name)
            continue
        length = Length.of(planned.run, images)
        seconds = length.steps * found["step"] + length.epochs * found["evaluation"]
        row = {
            "run": name,
            "seeds": len(planned.seeds),
            "steps": length.steps,
            "evaluations": length.epochs,
            "step_seconds": digits(found["step"]),
            "evaluation_seconds": digits(found["evaluation"]),
            "start_seconds": digits(found["start"], 3),
            "seconds": digits(seconds),
            "steps_timed": int(found["steps"]),
        }
        out.add(row | machine.columns())
        print(f"{float(row['seconds']):>9.1f} s   {name}", flush=True)
    print(f"{total(out):>9.0f} s   all trainings, one at a time", flush=True)
    if failed:
        raise AblateError(f"{len(failed)} of the runs could not be timed: {', '.join(failed)}")


def attempt(name: str, run: Run, *about: Any) -> dict[str, float] | None:
    """What `timed` finds; None, and the reason said, where the training fails."""
    try:
        return timed(run, *about)
    except (AblateError, RuntimeError) as error:
        print(f"   failed     {name}: {str(error).splitlines()[0]}", flush=True)
        return None


def total(out: Rows) -> float:
    """Seconds of all trainings of all seeds, start-up left out."""
    return sum(float(row["seconds"]) * row["seeds"] for row in out.rows)


def kind_of(run: Run, observers: list[dict[str, Any]]) -> str:
    """What decides how fast a run trains: runs that differ in rates and length alone are one."""
    settings = run.resolved()
    for irrelevant in ("schedule", "schedule_epochs", "epochs", "steps", "normalize"):
        del settings[irrelevant]
    del settings["optimizer"]["lr"]
    return json.dumps([settings, observers], sort_keys=True)


def timed(
    run: Run, observers: list[dict[str, Any]], data: Dataset, machine: Machine, pace: Pace
) -> dict[str, float]:
    """Seconds of a start, a step and an evaluation."""
    task = Task(run, data, machine.device, machine.threads)
    runner = Runner("ours", partial(Contestant, task, observers), machine.device)
    runner.find_length(pace)
    # A probe comes once in so many steps, and costs as much as several.
    period = next((o["every"] for o in observers if o["name"] == "line_probe"), 1)
    steps = math.ceil(runner.timed.steps / period) * period
    step = runner.take(steps) / steps
    evaluate = runner.timed.contestant.training.evaluations["test"]
    for _ in range(EVALUATIONS_BEFORE if machine.device.type == "cuda" else 1):
        evaluate()
    began = now(machine.device)
    evaluate()
    evaluation = now(machine.device) - began
    runner.steps.close()
    return {
        "start": runner.timed.start_seconds,
        "step": step,
        "evaluation": evaluation,
        "steps": steps,
    }
