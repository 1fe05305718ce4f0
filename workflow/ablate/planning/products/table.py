"""Tables: one a study, and those of the whole report."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ablate.planning import claims
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedFamily, PlannedRow, PlannedStudy, SeededRun
from ablate.planning.product import Inputs, Product
from ablate.planning.products import inputs
from ablate.requests import study as asked_study
from ablate.requests import table as asked_table
from ablate.requests.asked import Asked
from ablate.requests.runs import FamilyMember, ShownFamily
from ablate.settings import Run
from ablate.settings.study import Choice, Noise


def names(plan: Plan) -> list[str]:
    """The names of all tables."""
    return [*plan.studies, *whole_report(plan)]


def whole_report(plan: Plan) -> list[str]:
    """The tables that are no study's."""
    return [name for name, table in WHOLE_REPORT.items() if table.is_asked(plan)]


def product(plan: Plan, name: str) -> Product:
    """A table as CSV, Markdown and LaTeX."""
    asked, needs = request(plan, name)
    return Product(
        name=f"tables/{name}",
        step="ablate.steps.table",
        request=asked.plain(),
        inputs=needs,
        outputs=tuple(plan.results.table(name, suffix) for suffix in ("csv", "md", "tex")),
        record=plan.results.record(f"tables/{name}"),
        chosen=(f"ablate.tables.{asked.kind}",),
    )


def request(plan: Plan, name: str) -> tuple[Asked, Inputs]:
    """What a table is asked to show, and what it is made from."""
    if name in plan.studies:
        asked = plan.studies[name]
        return study(plan, asked), inputs.measured(plan, asked.trainings)
    return WHOLE_REPORT[name].request(plan)


def _winners(plan: Plan) -> tuple[Asked, Inputs]:
    asked = plan.config.winners
    groups = [
        asked_table.AskedGroup(
            name=group,
            choices=tuple(_choice(plan, name, choice) for name, choice in choices.items()),
        )
        for group, choices in asked.groups.items()
    ]
    request = asked_table.WinnersTable(
        note=plan.note, title=asked.title, section=asked.section, groups=tuple(groups)
    )
    return request, inputs.tables(plan, sorted({choice.study for choice in request.choices}))


def _bn_measures(plan: Plan) -> tuple[Asked, Inputs]:
    watched = [
        planned
        for planned in plan.families.values()
        if all("loss" in plan.runs[each.run.name].observers for _, each in planned.members)
    ]
    families = inputs.families_there(plan, watched)
    probed = {
        f"{asked.written.title}: {row.label}": training
        for asked in plan.studies.values()
        for row in asked.rows.values()
        if row.training is not None
        and "line_probe" in asked.written.observers
        and (training := inputs.there(plan, row.training)) is not None
    }
    request = asked_table.BnMeasuresTable(
        note=plan.note,
        families=tuple(family(each) for each in families),
        probed=tuple(each.shown(label) for label, each in probed.items()),
    )
    return request, inputs.trained(plan, [*members(families), *probed.values()])


def _summary(plan: Plan) -> tuple[Asked, Inputs]:
    request = asked_table.SummaryTable(note=plan.note, studies=headings(plan))
    return request, inputs.tables(plan, plan.studies)


def _claims(plan: Plan) -> tuple[Asked, Inputs]:
    judged = {
        label: found
        for label, training in _judged(plan).items()
        if (found := inputs.there(plan, training)) is not None
    }
    request = asked_table.ClaimsTable(
        note=plan.note,
        studies=headings(plan),
        runs=tuple(each.shown(label) for label, each in judged.items()),
    )
    return request, inputs.findings(plan) | inputs.trained(plan, judged.values())


def _judged(plan: Plan) -> dict[str, SeededRun]:
    """The trainings behind the verdicts, by study/row; the others that a claim names, by run."""
    rows = {
        f"{asked.name}/{row.name}": row.training
        for asked in plan.studies.values()
        if asked.written.claims
        for row in asked.rows.values()
        if row.training is not None
    }
    ids = {each for training in rows.values() for each in training.ids}
    named = claims.trainings(plan)
    return rows | {each.run.name: each for each in named if not ids.issuperset(each.ids)}


class OfReport(NamedTuple):
    """A table of the whole report.

    Attributes:
        is_asked: whether a plan has it.
        request: what its module is asked for, and what it is made from.
    """

    is_asked: Callable[[Plan], bool]
    request: Callable[[Plan], tuple[Asked, Inputs]]


WHOLE_REPORT = {
    "winners": OfReport(lambda plan: bool(plan.config.winners.groups), _winners),
    "bn_measures": OfReport(lambda plan: bool(plan.families), _bn_measures),
    "claims": OfReport(
        lambda plan: any(asked.written.claims for asked in plan.studies.values()), _claims
    ),
    "summary": OfReport(lambda plan: True, _summary),
}


def headings(plan: Plan) -> tuple[asked_study.Heading, ...]:
    """What the studies are called."""
    return tuple(asked_study.Heading(**called(planned)) for planned in plan.studies.values())


def called(planned: PlannedStudy) -> dict[str, str]:
    """The fields of a study's heading."""
    said = planned.written.model_dump(include={"title", "section", "question"})
    return {"name": planned.name, **said}


def study(plan: Plan, planned: PlannedStudy) -> asked_study.AskedStudy:
    """A study with its rows, for its table, figure and page."""
    return asked_study.AskedStudy(**fields(plan, planned))


def fields(plan: Plan, planned: PlannedStudy) -> dict[str, Any]:
    """The fields of a study's request."""
    highest, written = _highest_reported(planned), planned.written
    return {
        **called(planned),
        "note": plan.note,
        "rows": tuple(
            row(plan, planned, each, reported_best=each.name in highest)
            for each in planned.rows.values()
        ),
        "control": planned.control,
        "noise": noise(plan, planned),
        "variance": written.variance,
        "matters": written.matters,
        "preset": plan.config.preset,
        "data_name": plan.data_name(),
        "reported_elsewhere": None if plan.shows_reported(written) else written.reported_on,
        "image_side": plan.data.side,
        "factors": planned.factors,
        "level_labels": {n: row.label for n, row in written.rows.items() if row.label},
        "partial": plan.config.partial,
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


def row(
    plan: Plan, study: PlannedStudy, planned: PlannedRow, reported_best: bool
) -> asked_study.AskedRow:
    """A row of a study."""
    training = planned.training
    return asked_study.AskedRow(
        name=planned.name,
        label=planned.label,
        run=training.run.name if training else "",
        seeds=training.seeds if training else (),
        elsewhere=planned.written.measured,
        control=planned.control,
        levels=planned.levels,
        paired=paired(study, planned),
        differs_by=tuple(planned.differs_by),
        reported=planned.written.reported,
        reported_best=reported_best,
        reported_seconds=planned.written.reported_seconds,
        reported_seconds_is=planned.written.reported_seconds_is,
        crop=crop(plan, training.run) if training else None,
    )


def crop(plan: Plan, run: Run) -> tuple[int, int] | None:
    """Height and width of what a run sees of each training image, where that may not be all."""
    asked, side = run.augmentation.RandomCrop, plan.data.side
    if asked is None or asked.size == "image" or asked.shape((side, side)) == (side, side):
        return None
    return asked.shape((side, side))


def paired(study: PlannedStudy, asked: PlannedRow) -> bool:
    """Whether a row shares its first weights and the order of its data with its control.

    Both follow from the seed where the network, the batch size and what is held out are the same.
    What was measured elsewhere shares neither.
    """
    if asked.control is None or None in (asked.training, study.rows[asked.control].training):
        return False
    return not any(
        path.partition(".")[0] in ("model", "batch_size", "holdout") for path in asked.differs_by
    )


def noise(plan: Plan, asked: PlannedStudy) -> Noise | None:
    """A study's stated noise, where it was measured; else None."""
    stated = asked.written.noise
    if stated is None or (stated.preset or plan.config.preset) != plan.config.preset:
        return None
    if stated.data is not None and (not plan.is_all_of(stated.data) or plan.data.holdout):
        return None
    epochs = [each.run.epochs or 0 for each in asked.trainings]
    if stated.epochs is not None and min(epochs, default=0) < stated.epochs:
        return None
    return stated


def family(planned: PlannedFamily) -> ShownFamily:
    """A family of runs."""
    members = tuple(
        FamilyMember(**dict(each.shown(str(value))), lr=each.run.optimizer.lr)
        for value, each in planned.members
    )
    return ShownFamily(name=planned.name, label=planned.label, members=members)


def members(families: Iterable[PlannedFamily]) -> list[SeededRun]:
    """All trainings of these families."""
    return [training for planned in families for _, training in planned.members]


def _choice(plan: Plan, setting: str, choice: Choice) -> asked_table.AskedChoice:
    planned = plan.studies[choice.study]
    rows = choice.rows or [*planned.rows]
    return asked_table.AskedChoice(
        setting=setting,
        study=choice.study,
        reported=choice.reported,
        rows=tuple(rows),
        labels={name: planned.rows[name].label for name in rows},
        noise=noise(plan, planned),
        variance=planned.written.variance,
    )
