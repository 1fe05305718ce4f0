"""A study's answer as its page shows it: the sentence, the row behind it, comparisons by row."""

from dataclasses import asdict
from typing import Any

from ablate.findings.answer import Answer
from ablate.findings.sentences import untested

KEPT = ("word", "sentence", "matters", "best", "methods", "result")


def shown(study: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """What the pages show of an answer.

    Args:
        study: as `ablate.report.studies.study` gives it.
        answer: the study's.
    """
    row = headline(study, answer.best)
    return {
        **{name: getattr(answer, name) for name in KEPT},
        # The answer itself says it of single runs.
        "no_winner": "" if untested(answer.comparisons) else answer.no_winner,
        "sampling": answer.scatter.sampling,
        "effects": [asdict(effect) for effect in answer.effects],
        "headline": row and row["row"],
        "comparisons": {each.row: asdict(each) for each in answer.comparisons},
    }


def headline(study: dict[str, Any], best: str | None = None) -> dict[str, Any] | None:
    """The row that answers: the winner, or the most accurate one that has a control, or of all."""
    rows = [row for row in study["rows"] if row["mean"] is not None]
    compared = [row for row in rows if row["control"]]
    named = [row for row in compared if row["row"] == best]
    return max(named or compared or rows, key=lambda row: row["mean"], default=None)
