"""What a build is doing: read off the locks, logs and records that its jobs leave anyway.

Nothing is asked of Snakemake, so it can be looked at from any terminal, and of any machine that
shares the folder.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path

from ablate import locks
from ablate.building.attempts import SAYS
from ablate.commands import cost, pace
from ablate.job import progress
from ablate.job.progress import Progress
from ablate.paths import TrainingId
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.planning.work import trained_images

# A job that has said when it began and holds no lock by then will not take it any more.
STARTS_WITHIN = 120  # seconds


@dataclass(frozen=True)
class InTraining:
    """A run in training: its progress, None before the first epoch's end; and what its log says."""

    name: str
    progress: Progress | None
    said: str
    images_per_second: float | None
    left: float | None


@dataclass
class View:
    """A build at one moment; names are those of products.

    Attributes:
        builder: who builds; None where nobody does.
        training: the runs in training.
        waiting: the runs that are due and not in training.
        failed: (product, last line of its log, log).
        others: how many tables, figures and the like are due.
        done: how many of all that was due at the beginning are made.
        due: how many were due then.
        left: seconds until the last training ends; None where unknown.
    """

    builder: str | None
    done: int
    due: int
    training: list[InTraining] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: list[tuple[str, str, Path]] = field(default_factory=list)
    others: int = 0
    left: float | None = None


class Watch:
    """Looks again and again at what was due when the build began, or else when this began."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.results = plan.results
        self.products = Products(plan)
        staleness = Staleness(self.products)
        began = self._began()
        # To the record that each had when the build began; None for one that has been made since.
        self.due: dict[str, float | None] = {}
        for name in self.products.names():
            written = _written(self.products[name].record)
            if staleness.due(name):
                self.due[name] = written
            elif began is not None and (written or 0.0) >= began:
                self.due[name] = None
        self.images = cost.images_of(plan)
        self.rates: pace.Pace | None = None

    def look(self) -> View:
        """The build as it is now."""
        lock = locks.Lock(self.results.lock)
        builder = lock.named() if lock.is_held() else None
        began = self._began() or 0.0
        still = [name for name in self.due if not self._is_made(name)]
        view = View(builder, len(self.due) - len(still), len(self.due))
        for name in still:
            self._sort(view, name, began)
        # Until a run is finished, no rate is known.
        self.rates = self.rates or pace.of_finished(self.plan)
        view.left = self._left(view)
        return view

    def _began(self) -> float | None:
        """When the build that is at work began; None where nobody builds."""
        lock = self.results.lock
        return _written(lock) if locks.Lock(lock).is_held() else None

    def _is_made(self, name: str) -> bool:
        return _written(self.products[name].record) not in (None, self.due[name])

    def _sort(self, view: View, name: str, began: float) -> None:
        """Put a product that is still due where it belongs."""
        log = self.results.log(name)
        said = progress.last_line(log) if (_written(log) or 0.0) >= began else ""
        is_run = name.startswith("runs/")
        if is_run and self._is_training(name, said, log, bool(view.builder)):
            view.training.append(self._training(name, said, log))
        elif said and (is_run or said.startswith("error: ")):
            view.failed.append((name, _without_a_word(said), log))
        elif is_run:
            view.waiting.append(name)
        else:
            view.others += 1

    def _is_training(self, name: str, said: str, log: Path, building: bool) -> bool:
        if locks.Lock(self.results.state(*TrainingId.parse(name)) / locks.NAME).is_held():
            return True
        starting = building and said.startswith(SAYS)
        return starting and time.time() - (_written(log) or 0.0) < STARTS_WITHIN

    def _training(self, name: str, said: str, log: Path) -> InTraining:
        found = progress.read(log)
        if found is None:
            told = "" if said.startswith(SAYS) else said
            return InTraining(name, None, told, None, None)
        run = self.plan.runs[TrainingId.parse(name).run].run
        images = trained_images(run, self.images) / found.epochs
        return InTraining(name, found, said, images / max(found.seconds, 1e-9), found.left)

    def _left(self, view: View) -> float | None:
        """So many trainings at a time as are at work now share what is left."""
        known = [each.left for each in view.training if each.left is not None]
        names = [each.name for each in view.training if each.left is None] + view.waiting
        if not view.training or (names and self.rates is None):
            return None
        shared = (sum(known) + sum(self._seconds(name) for name in names)) / len(view.training)
        return max([shared, *known])

    def _seconds(self, name: str) -> float:
        """How long a run takes that has yet to begin."""
        run = self.plan.runs[TrainingId.parse(name).run].run
        _, flop = cost.parameters_and_flop(run)
        return self.rates.seconds(run, flop, trained_images(run, self.images))


def _without_a_word(said: str) -> str:
    return "it ended without a word" if said.startswith(SAYS) else said


def _written(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def called(plan: Plan) -> dict[str, str]:
    """What a reader knows the runs by, by the names of their products: study/row and seed."""
    shown: dict[str, str] = {}
    for study in plan.studies.values():
        for row in study.rows.values():
            if row.training is not None:
                shown.setdefault(row.training.run.name, f"{study.name}/{row.name}")
    return {
        f"runs/{each}": f"{shown.get(each.run, each.run)}, seed {each.seed}"
        for each in plan.trainings()
    }
