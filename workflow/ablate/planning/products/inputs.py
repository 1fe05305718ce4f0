"""Files that products are made from, each with the product that makes it."""

from collections.abc import Iterable

from ablate.planning.plan import Plan, Training
from ablate.planning.product import Inputs


def packed(plan: Plan) -> Inputs:
    """What the images are."""
    return {plan.results.manifest: "data"}


def trained(plan: Plan, trainings: Iterable[Training]) -> Inputs:
    """The record of each training, which vouches for its other files."""
    return {
        plan.results.run(run, seed) / "training.json": f"runs/{run}/seed{seed}"
        for run, seed in _each(trainings)
    }


def measured(plan: Plan, trainings: Iterable[Training]) -> Inputs:
    """The metrics of each training; of a partial report, of those that have any."""
    found = {
        plan.results.run(run, seed) / "metrics.json": f"metrics/{run}/seed{seed}"
        for run, seed in _each(trainings)
    }
    if plan.config.partial:
        return {path: made for path, made in found.items() if path.exists()}
    return found


def tables(plan: Plan, names: Iterable[str]) -> Inputs:
    """Tables as CSV."""
    return {plan.results.table(name): f"tables/{name}" for name in names}


def figures(plan: Plan, names: Iterable[str]) -> Inputs:
    """Figures as PNG."""
    return {plan.results.figure(name): f"figures/{name}" for name in names}


def _each(trainings: Iterable[Training]) -> Iterable[tuple[str, int]]:
    return [(training.run.name, seed) for training in trainings for seed in training.seeds]
