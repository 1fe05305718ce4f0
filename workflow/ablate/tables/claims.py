"""The table of claims: what the report says, what its numbers say, and what was measured."""

import pandas as pd

from ablate.findings.stored import Findings
from ablate.findings.verdict import VERDICTS, Verdict
from ablate.findings.words import counted, data, p_value
from ablate.requests.table import ClaimsTable
from ablate.tables.page import Page, Section
from ablate.tables.provenance import Trained, trail

COLUMNS = (
    *("study", "claim", "says", "kind", "quantity"),
    *("reported_order", "reported_verdict", "reported_effect"),
    *("verdict", "last", "fragile", "reason"),
    *("effect", "low", "high", "bound", "p"),
    *("n", "seeds", "sd_ratio", "flags"),
    *("detectable", "matters", "seeds_for_reported", "seeds_for_matters"),
    *("preset", "data"),
)
NOTES = (
    "A claim is confirmed if each of its comparisons holds, contradicted if one is reversed, each "
    "by a one-sided t test; p is two-sided and adjusted by Holm over the claims of a study. "
    "Undecided is what the runs cannot tell; it never means alike.",
    "measured: the comparison that decides, and what came of it, with its 95 % interval where the "
    "scatter is known.",
)
FRAGILE = "fragile: after the last epoch instead of the best, the verdict is another."
REPORT = (
    "the report: whether its own numbers say so, and whether by more than its own repeats scatter, "
    "each taken as one run."
)
SEEDS = (
    "seeds: how many seeds a row would find the smallest difference that matters, 80 times in 100."
)


def page(request: ClaimsTable) -> tuple[pd.DataFrame, Page]:
    """One line a claim, with the columns of `COLUMNS`, and the readable page: a section a study.

    Raises:
        AblateError: findings.json or the record of a run is missing or damaged; the runs stand on
            different data.
    """
    verdicts = list(Findings.read(request.results.tables).verdicts.values())
    frame = _frame(verdicts)
    runs = [Trained.of(run.label, run.ids, request.results) for run in request.runs]
    titles = {asked.name: asked.title for asked in request.studies}
    sections = [
        _section(titles.get(study, study), [v for v in verdicts if v.study == study])
        for study in dict.fromkeys(verdict.study for verdict in verdicts)
    ]
    return frame, Page(
        name="claims",
        title="Claims and what became of them",
        note=request.note,
        text=headlines(verdicts),
        sections=sections,
        notes=[*NOTES, *_of_what_occurs(verdicts), *trail("claims", runs, request.results)],
    )


def _of_what_occurs(verdicts: list[Verdict]) -> list[str]:
    """The notes on columns and words that not every such table has."""
    return [
        *([FRAGILE] if any(v.fragile for v in verdicts) else []),
        *([REPORT] if any(v.reported_order for v in verdicts) else []),
        *([SEEDS] if any(v.seeds_for_matters for v in verdicts) else []),
    ]


def headlines(verdicts: list[Verdict]) -> list[str]:
    """How many claims are confirmed, contradicted, undecided and not measured, as sentences."""
    if not verdicts:
        return ["No study states a claim."]
    counts = {name: sum(v.verdict == name for v in verdicts) for name in VERDICTS}
    shown = ", ".join(f"{count} {name}" for name, count in counts.items())
    lines = [f"Of {counted(len(verdicts), 'claim')}: {shown}."]
    stated = [v for v in verdicts if v.reported_order]
    where = {(v.data, v.preset) for v in verdicts}
    if len(where) == 1:
        images, preset = where.pop()
        others = sum(v.elsewhere > 0 for v in verdicts)
        lines.append(
            f"They were tested on {data(images)} with preset {preset}"
            + (f", {others} of them on what was measured elsewhere." if others else ".")
            + (
                ""
                if (images, preset) == ("CIFAR-10", "paper") or not stated
                else " That is not the report's scale: what is confirmed or contradicted here "
                "does not by itself speak for or against the report."
            )
        )
    if stated:
        borne = sum(v.reported_order == "yes" for v in stated)
        beyond = sum(v.reported_verdict == "confirmed" for v in stated)
        lines.append(
            f"The report's own numbers agree with {borne} of the {counted(len(stated), 'claim')} "
            f"that they can be checked against, {beyond} of them by more than its own repeats "
            "scatter."
        )
    return lines


def _frame(verdicts: list[Verdict]) -> pd.DataFrame:
    lines = [
        {
            **{name: getattr(verdict, name) for name in COLUMNS},
            "seeds": " ".join(map(str, verdict.seeds)),
            "flags": "; ".join(verdict.flags),
            "fragile": "yes" if verdict.fragile else "no",
        }
        for verdict in verdicts
    ]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    counts = ["n", "seeds_for_reported", "seeds_for_matters"]
    numbers = ["reported_effect", "effect", "low", "high", "bound", "p", "sd_ratio", "detectable"]
    frame = frame.astype(dict.fromkeys(counts, "Int64"))
    return frame.assign(**frame[numbers].astype(float).round(6))


def _section(title: str, verdicts: list[Verdict]) -> Section:
    columns = {
        "claim": [v.says for v in verdicts],
        "the report": [_reported(v) for v in verdicts],
        "measured": [v.measured or v.reason for v in verdicts],
        "p": [p_value(v.p).removeprefix("p = ") for v in verdicts],
        "n": [str(v.n) if v.n else "" for v in verdicts],
        "verdict": [v.verdict + (", fragile" if v.fragile else "") for v in verdicts],
        "seeds": [str(v.seeds_for_matters or "") for v in verdicts],
    }
    left = ("claim", "the report", "measured", "verdict")
    return Section.of_filled(columns, heading=title, left=left)


def _reported(verdict: Verdict) -> str:
    if verdict.reported_order is None:
        return ""
    agrees = "yes" if verdict.reported_order == "yes" else "no"
    within = "within" if verdict.reported_verdict == "undecided" else "beyond"
    return agrees if verdict.reported_verdict is None else f"{agrees}, {within} its scatter"
