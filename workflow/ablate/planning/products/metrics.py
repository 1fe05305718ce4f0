"""What one training came to."""

from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.planning.products import run


def names(plan: Plan) -> list[str]:
    """One for each training."""
    return run.names(plan)


def product(plan: Plan, name: str) -> Product:
    """The metrics of one run and seed."""
    trained, seed = run.split(name)
    folder = plan.results.run(trained, seed)
    return Product(
        name=f"metrics/{name}",
        step="ablate.steps.metrics",
        request={"run": trained, "seed": seed},
        inputs={folder / "training.json": f"runs/{name}"},
        outputs=(folder / "metrics.json",),
        record=plan.results.record(f"metrics/{name}"),
    )
