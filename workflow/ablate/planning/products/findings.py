"""What the differences between rows mean: every study's answer, and every claim's verdict."""

from typing import Any

from ablate.planning import claims
from ablate.planning.plan import Plan, PlannedStudy
from ablate.planning.product import Inputs, Product
from ablate.planning.products import inputs, table

NAME = "findings"


def names(plan: Plan) -> list[str]:
    """There is one."""
    return [""]


def product(plan: Plan, name: str) -> Product:
    """All answers and verdicts, as JSON."""
    return Product(
        name=NAME,
        step="ablate.steps.findings",
        request={
            "preset": plan.config.preset,
            "data_name": plan.data_name(),
            "studies": [_study(plan, asked) for asked in plan.studies.values()],
        },
        inputs=_inputs(plan),
        outputs=(plan.results.findings,),
        record=plan.results.record(NAME),
    )


def made(plan: Plan) -> Inputs:
    """Findings, as an input."""
    return {plan.results.findings: NAME}


def _study(plan: Plan, asked: PlannedStudy) -> dict[str, Any]:
    stated = asked.written.noise
    return {
        **table.study(plan, asked),
        "reported_noise": stated and stated.model_dump(),
        "claims": [_repeated(plan, asked, claim) for claim in claims.claims(plan, asked)],
    }


def _repeated(plan: Plan, asked: PlannedStudy, claim: dict[str, Any]) -> dict[str, Any]:
    """A claim whose rows say whether they are the one that the report ran several times."""
    stated = asked.written.noise
    if stated is None or stated.repeated is None:
        return claim
    place = f"studies.{asked.name}.noise.repeated.row"
    run = plan.row(stated.repeated.row, place).training.run.name
    rows = {}
    for reference, row in claim["rows"].items():
        repeated = [member["run"] for member in row["members"]] == [run]
        reported = row["reported"]
        if repeated and reported is None:
            reported = stated.repeated.mean
        rows[reference] = {**row, "reported": reported, "repeated": repeated}
    return {**claim, "rows": rows}


def _inputs(plan: Plan) -> Inputs:
    """Metrics, and the records that vouch for predictions and series."""
    rows = [each for asked in plan.studies.values() for each in table.trainings(asked)]
    named = [*rows, *claims.trainings(plan)]
    there = [found for each in named if (found := inputs.there(plan, each)) is not None]
    return inputs.measured(plan, there) | inputs.trained(plan, there)
