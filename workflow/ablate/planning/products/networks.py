"""What the networks come to on the packed images: asked once, before the first training begins.

One's own code that a step of training runs is tried there too. No part of the report: trainings ask
for it, and a finished one no more.
"""

import json

from ablate.planning import inputs
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedRun
from ablate.planning.product import Product
from ablate.requests.networks import Networks, Tried, TriedStep
from ablate.settings import Run, own
from ablate.settings.model import OURS

NAME = "networks"
# The side of the images that ablate's own families are made for.
SIDE = 32


def names(plan: Plan) -> list[str]:
    """None that the report shows."""
    return []


def needed(plan: Plan) -> bool:
    """Whether any network might not take the images, or any step fail for one's own code."""
    return bool(_doubtful(plan) or _steps(plan))


def product(plan: Plan, name: str) -> Product:
    """Parameters and FLOP of each of them, or what is wrong with it."""
    models, steps = [planned.run.model for planned in _doubtful(plan)], _steps(plan)
    mine = [model.name for model in models if own.is_own(model.name)]
    modules = map(own.module, [*mine, *(name for step in steps for name in step.own)])
    families = [f"ablate.models.{model.family}" for model in models]
    asked = Networks(networks=_distinct(plan), steps=steps, partial=plan.config.partial)
    return Product(
        name=NAME,
        step="ablate.steps.networks",
        request=asked.plain(),
        inputs=inputs.packed(plan),
        outputs=(plan.results.networks,),
        record=plan.results.record(NAME),
        chosen=tuple(dict.fromkeys([*families, *modules])),
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


def _steps(plan: Plan) -> tuple[TriedStep, ...]:
    """The settings of each step with code of one's own once, whatever the network."""
    found: dict[str, TriedStep] = {}
    for planned in plan.runs.values():
        if mine := _own_of_step(planned.run):
            settings = {name: v for name, v in planned.settings.items() if name != "model"}
            asked = TriedStep(place=planned.place, settings=settings, own=mine)
            found.setdefault(json.dumps(settings, sort_keys=True), asked)
    return tuple(found.values())


def _own_of_step(run: Run) -> tuple[str, ...]:
    """What of one's own a training's step runs besides its network and what observes it."""
    schedule = [run.schedule.name] if run.schedule else []
    named = [run.loss.name, *run.augmentation.transforms, run.optimizer.name, *schedule]
    return tuple(filter(own.is_own, named))
