"""What the differences between rows mean: every study's answer, and every claim's verdict."""

from ablate.planning import claims
from ablate.planning.plan import Plan, PlannedStudy
from ablate.planning.product import Inputs, Product
from ablate.planning.products import inputs, table
from ablate.requests.findings import Claim, ClaimingStudy, Findings, Repeated, ReportedNoise

NAME = "findings"


def names(plan: Plan) -> list[str]:
    """There is one."""
    return [""]


def product(plan: Plan, name: str) -> Product:
    """All answers and verdicts, as JSON."""
    return Product(
        name=NAME,
        step="ablate.steps.findings",
        request=Findings(
            studies=tuple(_study(plan, planned) for planned in plan.studies.values())
        ).plain(),
        inputs=_inputs(plan),
        outputs=(plan.results.findings,),
        record=plan.results.record(NAME),
    )


def made(plan: Plan) -> Inputs:
    """Findings, as an input."""
    return {plan.results.findings: NAME}


def _study(plan: Plan, planned: PlannedStudy) -> ClaimingStudy:
    return ClaimingStudy(
        **table.fields(plan, planned),
        claims=tuple(_repeated(plan, planned, claim) for claim in claims.claims(plan, planned)),
        reported_noise=_reported_noise(planned),
    )


def _reported_noise(planned: PlannedStudy) -> ReportedNoise | None:
    stated = planned.written.noise
    if stated is None:
        return None
    repeated = stated.repeated and Repeated(mean=stated.repeated.mean, n=stated.repeated.n)
    return ReportedNoise(sd=stated.sd, df=stated.df, source=stated.source, repeated=repeated)


def _repeated(plan: Plan, planned: PlannedStudy, claim: Claim) -> Claim:
    """A claim whose rows say whether they are the one that the report ran several times."""
    stated = planned.written.noise
    if stated is None or stated.repeated is None:
        return claim
    place = f"studies.{planned.name}.noise.repeated.row"
    run = plan.training(stated.repeated.row, place).run.name
    rows = {}
    for reference, row in claim.rows.items():
        repeated = [member.run for member in row.members] == [run]
        reported = row.reported
        if repeated and reported is None:
            reported = stated.repeated.mean
        rows[reference] = row.model_copy(update={"reported": reported, "repeated": repeated})
    return claim.model_copy(update={"rows": rows})


def _inputs(plan: Plan) -> Inputs:
    """Metrics, and the records that vouch for predictions and series."""
    rows = [each for asked in plan.studies.values() for each in asked.trainings]
    named = [*rows, *claims.trainings(plan)]
    there = [found for each in named if (found := inputs.there(plan, each)) is not None]
    return inputs.measured(plan, there) | inputs.trained(plan, there)
