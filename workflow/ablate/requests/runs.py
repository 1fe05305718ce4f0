"""Runs that a table or figure shows."""

from ablate.paths import TrainingId
from ablate.requests.asked import Part


class ShownRun(Part):
    """A run with the seeds that are shown, and what it is called."""

    run: str
    seeds: tuple[int, ...]
    label: str = ""

    @property
    def ids(self) -> list[TrainingId]:
        """One a seed."""
        return [TrainingId(self.run, seed) for seed in self.seeds]


class FamilyMember(ShownRun):
    """A run of a family, by its learning rate."""

    lr: float


class ShownFamily(Part):
    """Runs that differ in one setting, shown as a band."""

    name: str
    label: str
    members: tuple[FamilyMember, ...]
