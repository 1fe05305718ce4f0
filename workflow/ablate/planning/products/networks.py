"""What the networks come to on the packed images: asked once, before the first training begins.

No part of the report: trainings ask for it, and a finished one no more.
"""

import json

from ablate.planning import inputs
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedRun
from ablate.planning.product import Product
from ablate.requests.networks import Networks, Tried
from ablate.settings import own
from ablate.settings.model import OURS

NAME = "networks"
# The side of the images that ablate's own families are made for.
SIDE = 32


def names(plan: Plan) -> list[str]:
    """None that the report shows."""
    return []


def needed(plan: Plan) -> bool:
    """Whether any network might not take the images."""
    return bool(_doubtful(plan))


def product(plan: Plan, name: str) -> Product:
    """Parameters and FLOP of each of them, or what is wrong with it."""
    models = [planned.run.model for planned in _doubtful(plan)]
    mine = [own.module(model.name) for model in models if own.is_own(model.name)]
    families = [f"ablate.models.{model.family}" for model in models]
    return Product(
        name=NAME,
        step="ablate.steps.networks",
        request=Networks(networks=_distinct(plan), partial=plan.config.partial).plain(),
        inputs=inputs.packed(plan),
        outputs=(plan.results.networks,),
        record=plan.results.record(NAME),
        chosen=tuple(dict.fromkeys([*families, *mine])),
    )


def _doubtful(plan: Plan) -> list[PlannedRun]:
    """The runs whose network might not take what it sees: one of ours does, at its size."""
    return [planned for planned in plan.runs.values() if not _is_made_for(plan.data.side, planned)]


def _is_made_for(side: int | None, planned: PlannedRun) -> bool:
    crop, whole = planned.run.augmentation.RandomCrop, (SIDE, SIDE)
    seen = whole if crop is None else tuple(crop.shape(whole))
    return side == SIDE and seen == whole and isinstance(planned.run.model, OURS)


def _distinct(plan: Plan) -> tuple[Tried, ...]:
    """Each network once with each crop it is trained on, and where it is asked for first."""
    found: dict[str, Tried] = {}
    for planned in _doubtful(plan):
        settings = planned.run.resolved()
        crop = settings["augmentation"].get("RandomCrop")
        asked = {"model": settings["model"], "augmentation": {"RandomCrop": crop} if crop else {}}
        found.setdefault(json.dumps(asked, sort_keys=True), Tried(place=planned.place, **asked))
    return tuple(found.values())
