"""What one training came to."""

from ablate.paths import TrainingId
from ablate.planning import code
from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.planning.products import run
from ablate.requests.metrics import AskedMetrics

# Each score is imported by name.
SCORES = "ablate.evaluation.scores"


def names(plan: Plan) -> list[str]:
    """One for each training."""
    return run.names(plan)


def product(plan: Plan, name: str) -> Product:
    """The metrics of one run and seed."""
    trained = TrainingId.parse(name)
    return Product(
        name=f"metrics/{name}",
        step="ablate.steps.metrics",
        request=AskedMetrics(run=trained.run, seed=trained.seed).plain(),
        inputs={plan.results.training(*trained): f"runs/{name}"},
        outputs=(plan.results.metrics(*trained),),
        record=plan.results.record(f"metrics/{name}"),
        chosen=tuple(f"{SCORES}.{score}" for score in code.modules(SCORES, "def score(")),
    )
