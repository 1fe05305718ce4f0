"""Figures: those that config.yaml lists, and one a study."""

from ablate.planning import figure_needs, inputs, known, studies
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedFamily, PlannedStudy, SeededRun
from ablate.planning.product import Inputs, Product
from ablate.planning.products import table
from ablate.requests.figure import Drawing, StudyDrawing
from ablate.settings import own

STUDY = "study_"


def names(plan: Plan) -> list[str]:
    """The names of all figures."""
    return [*plan.config.figures, *(f"{STUDY}{name}" for name in plan.studies)]


def check(plan: Plan) -> None:
    """Refuse a figure from a table that is not there."""
    tables = table.names(plan)
    for name, figure in plan.config.figures.items():
        for used in figure.tables:
            known.check(f"figures.{name}.tables", "table", used, tables)


def product(plan: Plan, name: str) -> Product:
    """A figure as PNG, SVG and PDF, and narrow for one column of a paper."""
    if name.startswith(STUDY):
        asked, needs = _of_study(plan, plan.studies[name.removeprefix(STUDY)])
    else:
        asked, needs = _listed(plan, name)
    return Product(
        name=f"figures/{name}",
        step="ablate.steps.figure",
        request=asked.plain(),
        inputs=needs,
        outputs=(
            *(plan.results.figure(name, suffix) for suffix in ("png", "svg", "pdf")),
            plan.results.figure(f"{name}_narrow", "pdf"),
        ),
        record=plan.results.record(f"figures/{name}"),
        chosen=(f"ablate.figures.{asked.module}", *_own_code(asked)),
    )


def _of_study(plan: Plan, planned: PlannedStudy) -> tuple[StudyDrawing, Inputs]:
    name = f"{STUDY}{planned.name}"
    request = StudyDrawing(name=name, note=plan.note, study=studies.asked(plan, planned))
    needs = inputs.measured(plan, planned.trainings)
    return request, needs | inputs.tables(plan, [planned.name])


def _listed(plan: Plan, name: str) -> tuple[Drawing, Inputs]:
    asked = plan.config.figures[name]
    runs, families, missing = shown(plan, name)
    request = Drawing(
        name=name,
        note=plan.note,
        title=asked.title,
        caption=asked.caption,
        draw=asked.draw,
        missing=missing,
        runs=tuple(each.shown(label) for label, each in runs.items()),
        families=tuple(each.shown() for each in families),
        tables=tuple(asked.tables),
        options=asked.options,
        partial=plan.config.partial,
        at_least=_at_least(plan) if "summary" in asked.tables else (),
    )
    trainings = [*runs.values(), *(each for family in families for each in family.trainings)]
    needs = (
        inputs.trained(plan, trainings)
        | inputs.measured(plan, trainings)
        | inputs.tables(plan, asked.tables)
    )
    of_data = asked.images or (figure_needs.needs(name, asked).classes and not missing)
    return request, needs | inputs.packed(plan) if of_data else needs


def shown(plan: Plan, name: str) -> tuple[dict[str, SeededRun], list[PlannedFamily], bool]:
    """The runs, by label, and the families of a listed figure; whether none of them is there."""
    asked = plan.config.figures[name]
    runs = dict(plan.members[name])
    if asked.best_of:
        rows = plan.studies[asked.best_of].rows.values()
        runs |= {row.label: row.training for row in rows if row.training is not None}
    there = {label: inputs.there(plan, each) for label, each in runs.items()}
    measured = {label: each for label, each in there.items() if each is not None}
    families = inputs.families_there(plan, [plan.families[name] for name in asked.families])
    return measured, families, bool(runs or asked.families) and not (measured or families)


def _own_code(asked: Drawing | StudyDrawing) -> tuple[str, ...]:
    draw = asked.draw if isinstance(asked, Drawing) else None
    return (own.module(draw),) if draw else ()


def _at_least(plan: Plan) -> tuple[tuple[str, str], ...]:
    """(study, row) of every reported time that is a lower bound."""
    return tuple(
        (study.name, row.name)
        for study in plan.studies.values()
        for row in study.rows.values()
        if row.written.reported_seconds_is == "at least"
    )
