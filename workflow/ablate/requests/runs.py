"""Runs that a table or figure shows."""

from ablate.requests.asked import Part


class ShownRun(Part):
    """A run with the seeds that are shown, and what it is called."""

    run: str
    seeds: tuple[int, ...]
    label: str = ""


class FamilyMember(ShownRun):
    """A run of a family, by its learning rate."""

    lr: float


class ShownFamily(Part):
    """Runs that differ in one setting, shown as a band."""

    name: str
    label: str
    members: tuple[FamilyMember, ...]
