"""Tables: one a study, and those of the whole report."""

from collections.abc import Callable
from typing import NamedTuple

from ablate.planning import claims, inputs, studies
from ablate.planning.plan import Plan
from ablate.planning.planned import SeededRun
from ablate.planning.product import Inputs, Product
from ablate.requests import table as asked_table
from ablate.requests.asked import Asked
from ablate.settings.winners import Choice


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
        return studies.asked(plan, asked), inputs.measured(plan, asked.trainings)
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


def _choice(plan: Plan, setting: str, choice: Choice) -> asked_table.AskedChoice:
    planned = plan.studies[choice.study]
    rows = choice.rows or [*planned.rows]
    return asked_table.AskedChoice(
        setting=setting,
        study=choice.study,
        reported=choice.reported,
        rows=tuple(rows),
        labels={name: planned.rows[name].label for name in rows},
        noise=studies.noise(plan, planned),
        variance=planned.written.variance,
    )


def _bn_measures(plan: Plan) -> tuple[Asked, Inputs]:
    watched = [
        planned
        for planned in plan.families.values()
        if all("loss" in plan.runs[each.run.name].observers for each in planned.trainings)
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
        families=tuple(each.shown() for each in families),
        probed=tuple(each.shown(label) for label, each in probed.items()),
    )
    trainings = [each for planned in families for each in planned.trainings]
    return request, inputs.trained(plan, [*trainings, *probed.values()])


def _summary(plan: Plan) -> tuple[Asked, Inputs]:
    request = asked_table.SummaryTable(note=plan.note, studies=studies.headings(plan))
    return request, inputs.tables(plan, plan.studies)


def _claims(plan: Plan) -> tuple[Asked, Inputs]:
    judged = {
        label: found
        for label, training in _judged(plan).items()
        if (found := inputs.there(plan, training)) is not None
    }
    request = asked_table.ClaimsTable(
        note=plan.note,
        studies=studies.headings(plan),
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
