"""The best choice of every setting: what the report picked, and what was measured."""

import math

import pandas as pd

from ablate.findings.contrast import difference
from ablate.findings.links import links
from ablate.findings.sample import Sample
from ablate.findings.spread import spreads
from ablate.findings.tested import examine
from ablate.findings.words import with_interval
from ablate.requests.table import AskedChoice, AskedGroup, WinnersTable
from ablate.settings.claims import Comparison
from ablate.tables.cells import number
from ablate.tables.measured import Measured
from ablate.tables.page import Page, Section, capitalized, heading
from ablate.tables.provenance import trail
from ablate.tables.stored import read_study, rows_behind, samples

LEAD = ("lead", "lead_low", "lead_high")
COLUMNS = (
    *("group", "setting", "study"),
    *("reported_winner", "reported_winner_label", "reported_winner_mean"),
    *("measured_winner", "measured_winner_label", "measured_winner_mean"),
    *("runner_up", "runner_up_mean", "margin"),
    *(*LEAD, "agree", "missing"),
)
RULE = (
    "agree: yes if the reported winner lies above each of the other rows, no if below one, by t "
    "tests at 5 % with the scatter of its study; undecided: the runs cannot tell. lead: its mean "
    "best accuracy less that of the highest other row, with its 95 % interval. highest: the row of "
    "the highest mean, which need not be better than the others; margin: over the next."
)
AGREE = {"confirmed": "yes", "contradicted": "no", "undecided": "undecided"}


def table(request: WinnersTable) -> pd.DataFrame:
    """One line a setting, with the columns of `COLUMNS`; accuracies in percent.

    The lead is reported winner minus the best other row: where the reported winner also wins
    here it is the margin over the runner-up, otherwise minus its distance from the winner.

    Raises:
        AblateError: a study's table is absent or damaged.
    """
    lines = [_line(group, choice, request) for group in request.groups for choice in group.choices]
    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype({"missing": "Int64"})
    numbers = [name for name in COLUMNS if name.endswith("_mean") or name in ("margin", *LEAD)]
    return frame.assign(**frame[numbers].astype(float).round(6))


def page(request: WinnersTable) -> tuple[pd.DataFrame, Page]:
    """The table, and the readable page with the rule behind its verdicts."""
    frame = table(request)
    counts = frame["agree"].value_counts()
    verdicts = ", ".join(f"{counts.get(name, 0)} {name}" for name in ("yes", "no", "undecided"))
    return frame, Page(
        name="winners",
        title=heading(request.title, request.section),
        note=request.note,
        text=[f"Agreement with the report's choices: {verdicts}."],
        sections=[_section(group, lines) for group, lines in frame.groupby("group", sort=False)],
        notes=[RULE, *_noises(request), *trail("winners", _rows(request), request.results)],
    )


def _line(group: AskedGroup, choice: AskedChoice, request: WinnersTable) -> dict:
    study = read_study(request.results, choice.study)
    whole = samples(request.results, study)
    competing = _competing(choice, study)
    ranked = sorted(
        (row for row in competing if whole[row].measured), key=lambda row: -whole[row].mean
    )
    winner, runner_up, *_ = [*ranked, None, None]
    labels = {**dict(zip(study["row"], study["label"], strict=True)), **choice.labels}
    return {
        "group": group.name,
        "setting": choice.setting,
        "study": choice.study,
        "reported_winner": choice.reported,
        "reported_winner_label": labels[choice.reported],
        "reported_winner_mean": whole[choice.reported].mean,
        "measured_winner": winner,
        "measured_winner_label": labels.get(winner),
        "measured_winner_mean": _mean(whole, winner),
        "runner_up": runner_up,
        "runner_up_mean": _mean(whole, runner_up),
        "margin": _mean(whole, winner) - _mean(whole, runner_up),
        **_lead(whole, competing, ranked, choice),
        "missing": len(competing) - len(ranked),
    }


def _noises(request: WinnersTable) -> list[str]:
    """What single runs are assumed to scatter, one sentence for all studies of one noise."""
    studies: dict[tuple, dict[str, None]] = {}
    for choice in request.choices:
        if choice.noise:
            studies.setdefault((choice.noise.sd, choice.noise.df), {})[choice.study] = None
    return [
        f"Noise assumed for single runs in {', '.join(names)}: standard deviation {sd:.2f} points "
        f"with {df} degrees of freedom."
        for (sd, df), names in studies.items()
    ]


def _rows(request: WinnersTable) -> list[Measured]:
    """The rows that compete, with their runs, each once."""
    rows: dict[str, Measured] = {}
    for choice in request.choices:
        study = read_study(request.results, choice.study)
        shown = study["row"].isin(_competing(choice, study))
        rows |= {row.name: row for row in rows_behind(request.results, study[shown])}
    return list(rows.values())


def _competing(choice: AskedChoice, study: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*(choice.rows or study["row"]), choice.reported]))


def _mean(samples: dict[str, Sample], row: str | None) -> float:
    return math.nan if row is None else samples[row].mean


def _lead(
    whole: dict[str, Sample], competing: list[str], ranked: list[str], choice: AskedChoice
) -> dict:
    """The reported winner against the other rows; the scatter is that of its whole study."""
    reported = choice.reported
    others = [row for row in ranked if row != reported]
    if reported not in ranked or not others:
        return dict.fromkeys(LEAD) | {"agree": "undecided"}
    known = spreads(whole, choice.noise, choice.variance)
    lead = difference(reported, others[0], whole, known)
    asserted = links(Comparison(best=reported, among=others), {row: row for row in whole})
    tested = examine(asserted, whole, known)
    agree = AGREE[tested.verdict(tested.p)]
    low, high = lead.interval()
    return {
        "lead": lead.value,
        "lead_low": low,
        "lead_high": high,
        # A row that is missing may be better yet.
        "agree": "undecided" if agree == "yes" and len(ranked) < len(competing) else agree,
    }


def _section(group: str, lines: pd.DataFrame) -> Section:
    columns = {
        "setting": lines["setting"].tolist(),
        "reported winner": lines["reported_winner_label"].tolist(),
        "its accuracy": [number(cell) for cell in lines["reported_winner_mean"]],
        "highest": lines["measured_winner_label"].fillna("").tolist(),
        "its mean": [number(cell) for cell in lines["measured_winner_mean"]],
        "margin": [number(cell) for cell in lines["margin"]],
        "lead": [with_interval(*cells) for cells in lines[list(LEAD)].to_numpy()],
        "agree": lines["agree"].tolist(),
        "missing": [str(count) if count else "" for count in lines["missing"]],
    }
    return Section.of_filled(
        columns,
        heading=capitalized(group),
        left=("setting", "reported winner", "highest", "agree"),
        paper=("setting", "reported winner", "highest", "lead", "agree"),
    )
