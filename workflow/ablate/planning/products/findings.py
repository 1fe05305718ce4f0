"""What the differences between rows mean: every study's answer, and every claim's verdict."""

from ablate.planning import claims, inputs, studies
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedStudy
from ablate.planning.product import Inputs, Product
from ablate.requests.findings import AskedFindings, ClaimingStudy

NAME = "findings"


def names(plan: Plan) -> list[str]:
    """There is one."""
    return [""]


def check(plan: Plan) -> None:
    """Refuse claims that cannot be tested.

    Raises:
        AblateError: one names what is not there, or asks for what nothing measures; two have one
            name.
    """
    for claim in claims.by_name(plan).values():
        claim.asked()


def product(plan: Plan, name: str) -> Product:
    """All answers and verdicts, as JSON."""
    return Product(
        name=NAME,
        step="ablate.steps.findings",
        request=AskedFindings(
            studies=tuple(_study(plan, planned) for planned in plan.studies.values())
        ).plain(),
        inputs=_inputs(plan),
        outputs=(plan.results.findings,),
        record=plan.results.record(NAME),
    )


def _study(plan: Plan, planned: PlannedStudy) -> ClaimingStudy:
    return ClaimingStudy(
        **dict(studies.asked(plan, planned)),
        claims=tuple(claim.asked() for claim in claims.of_study(plan, planned)),
        reported_noise=planned.written.noise,
    )


def _inputs(plan: Plan) -> Inputs:
    """Metrics, the records that vouch for predictions and series, and what the images are called.

    Runs that were taken in from elsewhere are there before any images are packed.
    """
    rows = [each for asked in plan.studies.values() for each in asked.trainings]
    named = [*rows, *claims.trainings(plan)]
    there = [found for each in named if (found := inputs.there(plan, each)) is not None]
    images = inputs.packed(plan) if claims.classed(plan) else {}
    return inputs.measured(plan, there) | inputs.trained(plan, there) | images
