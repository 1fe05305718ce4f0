"""The kinds of training in config.yaml, each cut down to six short epochs on noise."""

from dataclasses import dataclass
from typing import Any

from ablate.data.dataset import Dataset
from ablate.planning.plan import Plan
from ablate.settings import Run
from benchmarks import images
from benchmarks.whole_report import kind_of

# A graph is recorded at the fourth call of its size: of a whole batch, the last one, and the
# evaluation.
EPOCHS = 6
HOLDOUT = 0.25
TEST = 300
# Where there is no card: the same code, in seconds.
SMALL = {"width": 0.03125}
SMALL_BATCH = 16
FEW = 32  # of a smaller batch two are too few images to hold some of each class out


@dataclass(frozen=True)
class Kind:
    """name: of one run of its kind. data: some batches and a part of one, after the holdout."""

    name: str
    run: Run
    observers: list[dict[str, Any]]
    data: Dataset

    def of_epochs(self, epochs: int) -> Run:
        """The kind's run, so many epochs long."""
        return Run.model_validate(self.run.resolved() | {"epochs": epochs})


def kinds(plan: Plan, small: bool) -> list[Kind]:
    """One of each kind: runs that differ in rates and length alone compute alike."""
    found: dict[str, Kind] = {}
    for name, planned in plan.runs.items():
        observers = [{**asked, "every": 4} for asked in plan.observers(name) if "every" in asked]
        observers += [asked for asked in plan.observers(name) if "every" not in asked]
        run = cut(planned.run, small)
        key = kind_of(run, observers)
        if key not in found:
            found[key] = Kind(name, run, observers, noise(run.batch_size))
    return list(found.values())


def cut(run: Run, small: bool) -> Run:
    """The run at a low rate, in six epochs; `small`: narrow and with small batches."""
    asked = run.resolved()
    asked |= {"schedule": None, "schedule_epochs": None, "steps": None}
    asked |= {"epochs": EPOCHS, "holdout": HOLDOUT}
    asked["optimizer"] |= {"lr": 1e-3}
    if small:
        asked["model"] |= {name: SMALL[name] for name in SMALL if name in asked["model"]}
        asked["batch_size"] = SMALL_BATCH
    return Run.model_validate(asked)


def noise(batch_size: int) -> Dataset:
    """Noise of ten classes: two batches (six small ones) and a third of one beside the holdout."""
    trained = (2 if batch_size > FEW else 6) * batch_size + batch_size // 3
    return images.noise(round(trained / (1 - HOLDOUT)), TEST)
