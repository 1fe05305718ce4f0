"""The packed images, from any source."""

from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.settings import own


def names(plan: Plan) -> list[str]:
    """There is one."""
    return [""]


def product(plan: Plan, name: str) -> Product:
    """The images and their manifest. The request is the resolved `data` mapping."""
    settings = plan.data.model_dump(mode="json", exclude={"holdout"})
    mine = (own.module(settings["source"]),) if own.is_own(settings["source"]) else ()
    return Product(
        name="data",
        step="ablate.steps.pack",
        request=settings,
        inputs={},
        outputs=(plan.results.manifest, plan.results.images),
        record=plan.results.record("data"),
        chosen=(f"ablate.data.{plan.data.module}", *mine),
    )
