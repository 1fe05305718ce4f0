"""Tables: one a study, and those of the whole report."""

from collections.abc import Callable, Iterable
from typing import Any

from ablate.planning.plan import Plan, PlannedFamily, PlannedRow, PlannedStudy, SeededRun
from ablate.planning.product import Inputs, Product
from ablate.planning.products import inputs
from ablate.settings import Run
from ablate.settings.study import Choice

Request = dict[str, Any]


def names(plan: Plan) -> list[str]:
    """The names of all tables."""
    return [*plan.studies, *whole_report(plan)]


def whole_report(plan: Plan) -> list[str]:
    """The tables that are no study's."""
    asked = {
        "winners": bool(plan.config.winners.groups),
        "bn_measures": bool(plan.families),
        "claims": any(asked.written.claims for asked in plan.studies.values()),
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
    watched = [
        band
        for band in plan.families.values()
        if all("loss" in plan.runs[each.run.name].observers for _, each in band.members)
    ]
    bands = inputs.families_there(plan, watched)
    probed = {
        f"{asked.written.title}: {row.label}": training
        for asked in plan.studies.values()
        for row in asked.rows.values()
        if "line_probe" in asked.written.observers
        and (training := inputs.there(plan, row.training)) is not None
    }
    request = {
        "families": [band(each) for each in bands],
        "probed": [member(label, each) for label, each in probed.items()],
    }
    return request, inputs.trained(plan, [*members(bands), *probed.values()])


def _summary(plan: Plan) -> tuple[Request, Inputs]:
    request = {"studies": [heading(asked) for asked in plan.studies.values()]}
    return request, inputs.tables(plan, plan.studies)


def _claims(plan: Plan) -> tuple[Request, Inputs]:
    request = {
        "title": "Claims and what became of them",
        "studies": [heading(asked) for asked in plan.studies.values()],
    }
    # What findings.json is made from is known to its own product.
    return request, {plan.results.findings: "findings"}


# Every table of the whole report: what its module is asked for, and what it is made from.
WHOLE_REPORT: dict[str, Callable[[Plan], tuple[Request, Inputs]]] = {
    "winners": _winners,
    "bn_measures": _bn_measures,
    "claims": _claims,
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
    highest = _highest_reported(asked)
    return {
        **heading(asked),
        "control": asked.control,
        "noise": noise(plan, asked),
        "variance": asked.written.variance,
        "matters": asked.written.matters,
        "preset": plan.config.preset,
        "data_name": plan.data_name(),
        "factors": {name: list(levels) for name, levels in asked.factors.items()},
        "level_labels": {n: row.label for n, row in asked.written.rows.items() if row.label},
        "partial": plan.config.partial,
        "image_side": plan.data.side,
        "rows": [
            {
                **row(each),
                "reported_best": each.name in highest,
                "crop": crop(plan, each.training.run),
            }
            for each in asked.rows.values()
        ],
    }


def _highest_reported(asked: PlannedStudy) -> set[str]:
    """The rows of the highest accuracy that a report gives, of two rows at least."""
    reported = {
        name: each.written.reported
        for name, each in asked.rows.items()
        if each.written.reported is not None
    }
    highest = max(reported.values(), default=None) if len(reported) > 1 else None
    return {name for name, value in reported.items() if value == highest}


def row(asked: PlannedRow) -> Request:
    """A row of a study."""
    return {
        "row": asked.name,
        "label": asked.label,
        "control": asked.control,
        "levels": list(asked.levels),
        "paired": paired(asked),
        "differs_by": asked.differs_by,
        "reported": asked.written.reported,
        "reported_seconds": asked.written.reported_seconds,
        "reported_seconds_is": asked.written.reported_seconds_is,
        "run": asked.training.run.name,
        "seeds": list(asked.training.seeds),
    }


def crop(plan: Plan, run: Run) -> list[int] | None:
    """Height and width of what a run sees of each training image, where that may not be all."""
    asked, side = run.augmentation.RandomCrop, plan.data.side
    if asked is None or asked.size == "image" or asked.shape((side, side)) == (side, side):
        return None
    return list(asked.shape((side, side)))


def paired(asked: PlannedRow) -> bool:
    """Whether a row shares its first weights and the order of its data with its control.

    Both follow from the seed where the network, the batch size and what is held out are the same.
    """
    return asked.control is not None and not any(
        path.partition(".")[0] in ("model", "batch_size", "holdout") for path in asked.differs_by
    )


def noise(plan: Plan, asked: PlannedStudy) -> Request | None:
    """A study's stated noise, where it was measured; else None."""
    stated = asked.written.noise
    if stated is None or (stated.preset or plan.config.preset) != plan.config.preset:
        return None
    if stated.data is not None and (plan.data_name() != stated.data or plan.data.holdout):
        return None
    epochs = [each.training.run.epochs or 0 for each in asked.rows.values()]
    if stated.epochs is not None and min(epochs) < stated.epochs:
        return None
    return stated.model_dump()


def member(label: str, asked: SeededRun) -> Request:
    """One run that a figure or table shows."""
    return {"label": label, "run": asked.run.name, "seeds": list(asked.seeds)}


def band(asked: PlannedFamily) -> Request:
    """A family of runs."""
    shown = [
        {**member(str(value), each), "lr": each.run.optimizer.lr} for value, each in asked.members
    ]
    return {"name": asked.name, "label": asked.label, "members": shown}


def members(bands: Iterable[PlannedFamily]) -> list[SeededRun]:
    """All trainings of these families."""
    return [training for band in bands for _, training in band.members]


def trainings(asked: PlannedStudy) -> list[SeededRun]:
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
        "variance": asked.written.variance,
    }
