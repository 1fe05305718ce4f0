"""Answers every study and judges every claim, as findings.json."""

import sys
from functools import partial

from ablate.findings.stored import Findings
from ablate.planning.requests import Request
from ablate.requests import findings as requested
from ablate.steps import command_line
from ablate.tables.answers import answered
from ablate.tables.evidence import judged
from ablate.tables.measured import measured
from ablate.tables.predicted import same_images, sampling


def step(request: Request) -> None:
    """Write all answers and verdicts."""
    found(request.read(requested.AskedFindings)).write(request.outputs[0].parent)


def found(request: requested.AskedFindings) -> Findings:
    """The answers by study and the verdicts by claim, studies and claims in their order."""
    answers, verdicts = {}, {}
    for study in request.studies:
        rows = measured(study)
        known = {
            "same": same_images(study.results, rows),
            "sampling": sampling(study.results, rows),
        }
        answers[study.name] = answered(study, rows, **known)
        verdicts |= {verdict.claim: verdict for verdict in judged(study)}
    return Findings(answers=answers, verdicts=verdicts)


main = partial(command_line.answer, step)

if __name__ == "__main__":
    sys.exit(main())
