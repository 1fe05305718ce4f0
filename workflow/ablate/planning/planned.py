"""What a plan consists of: studies with their rows, families, and runs with their seeds."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ablate.paths import TrainingId
from ablate.planning import chosen
from ablate.requests.runs import FamilyMember, ShownFamily, ShownRun
from ablate.settings import Run
from ablate.settings.study import Row, Study


@dataclass(frozen=True)
class SeededRun:
    """A run as somebody asked for it: its settings and the seeds wanted.

    Attributes:
        full: its settings before the preset shrank them.
    """

    run: Run
    seeds: tuple[int, ...]
    full: Run

    @property
    def ids(self) -> list[TrainingId]:
        """One a seed."""
        return [TrainingId(self.run.name, seed) for seed in self.seeds]

    def shown(self, label: str) -> ShownRun:
        """As a figure, table or claim shows it."""
        return ShownRun(run=self.run.name, seeds=self.seeds, label=label)


@dataclass(frozen=True)
class PlannedRow:
    """A row of a study's table and the training behind it.

    Attributes:
        training: None of a row that was measured elsewhere.
        levels: in a grid, what the row is along each factor of its study.
        control: the row that it is compared with.
        differs_by: the settings in which it differs from that one.
    """

    name: str
    written: Row
    training: SeededRun | None
    levels: tuple[str, ...] = ()
    control: str | None = None
    differs_by: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What all that shows the row calls it; it says so if it was measured elsewhere."""
        label = self.written.label or self.name.replace("_", " ")
        return label if self.written.measured is None else f"{label} (measured elsewhere)"


@dataclass(frozen=True)
class PlannedStudy:
    """A study with its rows spelled out.

    Attributes:
        control: the row that all others are compared with; None where each has its own, or none.
        factors: of a grid, name -> levels; the rows written out are the factor "row".
    """

    name: str
    written: Study
    rows: dict[str, PlannedRow]
    control: str | None
    factors: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def trainings(self) -> list[SeededRun]:
        """Those of its rows; what was measured elsewhere has none."""
        return [row.training for row in self.rows.values() if row.training is not None]


@dataclass(frozen=True)
class PlannedFamily:
    """A family with its members spelled out: (value of the setting, training)."""

    name: str
    label: str
    members: list[tuple[Any, SeededRun]]

    @property
    def trainings(self) -> list[SeededRun]:
        """Those of its members."""
        return [training for _, training in self.members]

    def shown(self) -> ShownFamily:
        """As a figure or table shows it."""
        members = tuple(
            FamilyMember(**dict(each.shown(str(value))), lr=each.run.optimizer.lr)
            for value, each in self.members
        )
        return ShownFamily(name=self.name, label=self.label, members=members)


@dataclass
class PlannedRun:
    """A training that is due: all seeds and all recordings that anybody asks for.

    Attributes:
        place: where in the config it is asked for first.
    """

    run: Run
    place: str = ""
    seeds: set[int] = field(default_factory=set)
    observers: set[str] = field(default_factory=set)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All its settings as plain JSON values, the same for every seed."""
        return self.run.resolved()

    @cached_property
    def chosen(self) -> tuple[str, ...]:
        """The modules that its settings choose, the same for every seed."""
        return chosen.modules(self.run)
