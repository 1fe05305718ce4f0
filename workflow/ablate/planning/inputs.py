"""Files that products are made from, each with the product that makes it."""

from collections.abc import Iterable
from dataclasses import replace

from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedFamily, SeededRun
from ablate.planning.product import Inputs


def packed(plan: Plan) -> Inputs:
    """What the images are."""
    return {plan.results.manifest: "data"}


def there(plan: Plan, training: SeededRun) -> SeededRun | None:
    """What a report shows of a training: of a partial one the seeds that are finished, if any."""
    if not plan.config.partial:
        return training
    seeds = tuple(s for s in training.seeds if _is_finished(plan, training.run.name, s))
    return replace(training, seeds=seeds) if seeds else None


def _is_finished(plan: Plan, run: str, seed: int) -> bool:
    # A run taken in from elsewhere comes without metrics, which cost a second.
    return plan.results.metrics(run, seed).exists() or plan.results.training(run, seed).exists()


def families_there(plan: Plan, families: Iterable[PlannedFamily]) -> list[PlannedFamily]:
    """What a report shows of families: of a partial one the members that are finished, if any."""
    if not plan.config.partial:
        return list(families)
    found = [_finished_together(plan, family) for family in families]
    return [family for family in found if family.members]


def _finished_together(plan: Plan, family: PlannedFamily) -> PlannedFamily:
    """The most members that are finished at one seed, at all the seeds at which they are.

    A band is of the same members at each of its seeds.
    """
    finished: dict[int, list[int]] = {}
    for position, (_, training) in enumerate(family.members):
        for seed in training.seeds:
            if _is_finished(plan, training.run.name, seed):
                finished.setdefault(seed, []).append(position)
    most = max(finished.values(), key=len, default=[])
    seeds = tuple(sorted(seed for seed, positions in finished.items() if positions == most))
    members = [family.members[position] for position in most]
    return replace(family, members=[(value, replace(t, seeds=seeds)) for value, t in members])


def trained(plan: Plan, trainings: Iterable[SeededRun]) -> Inputs:
    """The record of each training, which vouches for its other files."""
    return {plan.results.training(*each): f"runs/{each}" for one in trainings for each in one.ids}


def measured(plan: Plan, trainings: Iterable[SeededRun]) -> Inputs:
    """The metrics of each training; of a partial report, of those that are finished."""
    shown = [found for each in trainings if (found := there(plan, each)) is not None]
    return {plan.results.metrics(*each): f"metrics/{each}" for one in shown for each in one.ids}


def tables(plan: Plan, names: Iterable[str]) -> Inputs:
    """Tables as CSV."""
    return {plan.results.table(name): f"tables/{name}" for name in names}


def findings(plan: Plan) -> Inputs:
    """Every answer and verdict."""
    return {plan.results.findings: "findings"}


def figures(plan: Plan, names: Iterable[str]) -> Inputs:
    """Figures as PNG."""
    return {plan.results.figure(name): f"figures/{name}" for name in names}
