"""Answers every study and judges every claim, as findings.json."""

import json
import math
import sys
from dataclasses import asdict
from typing import Any

from ablate.files import write_whole
from ablate.planning.requests import Request
from ablate.requests.findings import Findings
from ablate.steps import asked
from ablate.tables.answers import answered
from ablate.tables.evidence import judged
from ablate.tables.measured import measured
from ablate.tables.predicted import same_images, sampling


def step(request: Request) -> None:
    """Write all answers and verdicts.

    Raises:
        AblateError: a run's file is missing or damaged.
    """
    text = json.dumps(plain(found(request.read(Findings))), indent=1, ensure_ascii=False)
    with write_whole(request.outputs[0]) as draft:
        draft.write_text(text + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Answer the command line."""
    return asked.answer(step, argv)


def found(request: Findings) -> dict[str, Any]:
    """The answers by study and the verdicts by claim, studies and claims in their order.

    Raises:
        AblateError: a run's file is missing or damaged.
    """
    answers, verdicts = {}, {}
    for study in request.studies:
        rows = measured(study)
        known = {
            "same": same_images(study.results, rows),
            "sampling": sampling(study.results, rows),
        }
        answers[study.name] = asdict(answered(study, rows, **known))
        for verdict in judged(study):
            verdicts[verdict.claim] = asdict(verdict)
    return {"answers": answers, "verdicts": verdicts}


def plain(value: Any) -> Any:
    """`value` with null for every number that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    sys.exit(main())
