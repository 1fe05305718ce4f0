"""Tables: one a study, and those of the whole report."""

from collections.abc import Callable, Iterable
from typing import Any

from ablate.planning.plan import Band, Plan, PlannedRow, PlannedStudy, Training
from ablate.planning.product import Inputs, Product
from ablate.planning.products import inputs
from ablate.settings import Run
from ablate.settings.study import Choice

# The report's own noise: the sample sd of its default setting's five repeats. It is known for
# ResNets trained for 50 epochs; a study elsewhere states its own.
NOISE = {"sd": 1.0, "df": 4}

Request = dict[str, Any]


def names(plan: Plan) -> list[str]:
    """The names of all tables."""
    return [*plan.studies, *whole_report(plan)]


def whole_report(plan: Plan) -> list[str]:
    """The tables that are no study's."""
    asked = {
        "winners": bool(plan.config.winners.groups),
        "bn_measures": bool(plan.bands),
        "summary": True,
    }
    return [name for name in WHOLE_REPORT if asked[name]]


def kind(plan: Plan, name: str) -> str:
    """The module of ablate.tables that makes a table."""
    return "study" if name in plan.studies else name


def product(plan: Plan, name: str) -> Product:
    """A table as CSV, Markdown and LaTeX."""
    which = kind(plan, name)
    if which == "study":
        asked, needs = _of_study(plan, plan.studies[name])
    else:
        asked, needs = WHOLE_REPORT[name](plan)
    return Product(
        name=f"tables/{name}",
        step="ablate.steps.table",
        request={"kind": which, "note": plan.note, **asked},
        inputs=needs,
        outputs=tuple(plan.results.table(name, suffix) for suffix in ("csv", "md", "tex")),
        record=plan.results.record(f"tables/{name}"),
        chosen=(f"ablate.tables.{which}",),
    )


def _of_study(plan: Plan, asked: PlannedStudy) -> tuple[Request, Inputs]:
    return study(plan, asked), inputs.measured(plan, trainings(asked))


def _winners(plan: Plan) -> tuple[Request, Inputs]:
    asked = plan.config.winners
    groups = [
        {"group": group, "choices": [_choice(plan, name, c) for name, c in choices.items()]}
        for group, choices in asked.groups.items()
    ]
    request = {"title": asked.title, "section": asked.section, "groups": groups}
    studies = {choice.study for choices in asked.groups.values() for choice in choices.values()}
    return request, inputs.tables(plan, sorted(studies))


def _bn_measures(plan: Plan) -> tuple[Request, Inputs]:
    bands = [
        band
        for band in plan.bands.values()
        if all("loss" in plan.runs[each.run.name].observers for _, each in band.members)
    ]
    probed = {
        f"{asked.written.title}: {row.label}": row.training
        for asked in plan.studies.values()
        for row in asked.rows.values()
        if "line_probe" in asked.written.observers
    }
    request = {
        "families": [band(each) for each in bands],
        "probed": [member(label, each) for label, each in probed.items()],
    }
    return request, inputs.trained(plan, [*members(bands), *probed.values()])


def _summary(plan: Plan) -> tuple[Request, Inputs]:
    request = {"studies": [heading(asked) for asked in plan.studies.values()]}
    return request, inputs.tables(plan, plan.studies)


# Every table of the whole report: what its module is asked for, and what it is made from.
WHOLE_REPORT: dict[str, Callable[[Plan], tuple[Request, Inputs]]] = {
    "winners": _winners,
    "bn_measures": _bn_measures,
    "summary": _summary,
}


def heading(asked: PlannedStudy) -> Request:
    """What a study is called."""
    written = asked.written
    return {
        "study": asked.name,
        "title": written.title,
        "section": written.section,
        "question": written.question,
    }


def study(plan: Plan, asked: PlannedStudy) -> Request:
    """A study with its rows, for its table, figure and page."""
    return {
        **heading(asked),
        "control": asked.control,
        "noise": noise(plan, asked),
        "partial": plan.config.partial,
        "image_side": plan.data.side,
        "rows": [
            {**row(each), "crop": crop(plan, each.training.run)} for each in asked.rows.values()
        ],
    }


def row(asked: PlannedRow) -> Request:
    """A row of a study."""
    return {
        "row": asked.name,
        "label": asked.label,
        "control": asked.control,
        "differs_by": asked.differs_by,
        "reported": asked.written.reported,
        "reported_seconds": asked.written.reported_seconds,
        "reported_seconds_is": asked.written.reported_seconds_is,
        "reported_best": asked.written.best,
        "run": asked.training.run.name,
        "seeds": list(asked.training.seeds),
    }


def crop(plan: Plan, run: Run) -> list[int] | None:
    """Height and width of what a run sees of each training image, where that may not be all."""
    asked, side = run.augmentation.RandomCrop, plan.data.side
    if asked is None or asked.size == "image" or asked.shape((side, side)) == (side, side):
        return None
    return list(asked.shape((side, side)))


def noise(plan: Plan, asked: PlannedStudy) -> Request | None:
    """A study's stated noise, or the report's where it belongs: ResNets at full scale."""
    if asked.written.noise:
        return asked.written.noise.model_dump()
    resnets = all(each.training.run.model.family == "resnet" for each in asked.rows.values())
    return NOISE if resnets and plan.config.preset == "paper" else None


def member(label: str, asked: Training) -> Request:
    """One run that a figure or table shows."""
    return {"label": label, "run": asked.run.name, "seeds": list(asked.seeds)}


def band(asked: Band) -> Request:
    """A family of runs."""
    shown = [
        {**member(str(value), each), "lr": each.run.optimizer.lr} for value, each in asked.members
    ]
    return {"name": asked.name, "label": asked.label, "members": shown}


def members(bands: Iterable[Band]) -> list[Training]:
    """All trainings of these families."""
    return [training for band in bands for _, training in band.members]


def trainings(asked: PlannedStudy) -> list[Training]:
    """The trainings of a study's rows."""
    return [each.training for each in asked.rows.values()]


def _choice(plan: Plan, setting: str, choice: Choice) -> Request:
    asked = plan.studies[choice.study]
    rows = choice.rows or [*asked.rows]
    return {
        "setting": setting,
        "study": choice.study,
        "rows": rows,
        "reported": choice.reported,
        "labels": {name: asked.rows[name].label for name in rows},
        "noise": noise(plan, asked),
    }
