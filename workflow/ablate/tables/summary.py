"""Every row of every study in one table, and how measured and reported accuracies agree."""

import pandas as pd

from ablate.findings.words import points
from ablate.requests.study import Heading
from ablate.requests.table import SummaryTable
from ablate.tables.cells import number
from ablate.tables.columns import SUMMARY, as_published
from ablate.tables.page import Page, Section
from ablate.tables.provenance import trail
from ablate.tables.stored import is_elsewhere, read_study, rows_behind
from ablate.tables.study import readable


def page(request: SummaryTable) -> tuple[pd.DataFrame, Page]:
    """The rows of all study tables, one below the other, with section and title before them.

    The readable page has headline counts and one section a study.
    """
    studies = _studies(request)
    frame = pd.concat([frame for _, frame in studies], ignore_index=True)
    rows = rows_behind(request.results, frame)
    return as_published(frame), Page(
        name="summary",
        title="Summary",
        note=request.note,
        text=headlines(frame),
        sections=[
            _agreement(studies),
            *(readable(frame, asked.numbered) for asked, frame in studies),
        ],
        notes=[
            "Accuracies in percent of the test images, best epoch, mean over the runs of a row; "
            "Δ reported: best less reported, in percentage points.",
            "rank correlation: Spearman's, of reported and measured accuracies over the rows that "
            "have both; blank for fewer than three, or if one of the two is the same throughout.",
            *trail("summary", rows, request.results),
        ],
    )


def headlines(frame: pd.DataFrame) -> list[str]:
    """How many rows are measured, and how far they lie from the reported ones, as sentences."""
    measured, delta = frame["best_mean"].notna(), frame["delta"].dropna()
    others = sum(map(is_elsewhere, frame.itertuples()))
    runs = {run for cell in frame["runs"] for run in cell.split()}
    lines = [
        f"{measured.sum()} of {len(frame)} rows measured, by {len(runs)} distinct runs"
        + "".join(
            f"; {total} {name}"
            for name in ("diverged", "collapsed", "missing")
            if (total := frame[name].sum())
        )
        + (f"; {others} measured elsewhere" if others else "")
        + "."
    ]
    if len(delta):
        far = frame.loc[delta.abs().idxmax()]
        elsewhere = " (measured elsewhere)" if is_elsewhere(far) else ""
        lines.append(
            f"Against the {len(delta)} reported accuracies: "
            f"they differ by {delta.abs().mean():.2f} percentage points on average, "
            f"{points(delta.mean())} with their signs, at most {points(far['delta'])} "
            f"({far['study']}/{far['row']}{elsewhere})."
        )
    return lines


def rank_correlation(frame: pd.DataFrame) -> float:
    """Spearman's rank correlation of reported and measured accuracy, ties given their mean rank.

    NaN for fewer than three rows that have both, or where either is constant.
    """
    both = frame[["reported", "best_mean"]]
    return float(both.corr(method="spearman", min_periods=3).iloc[0, 1])


def _studies(request: SummaryTable) -> list[tuple[Heading, pd.DataFrame]]:
    return [(asked, _read(asked, request)) for asked in request.studies]


def _read(asked: Heading, request: SummaryTable) -> pd.DataFrame:
    frame = read_study(request.results, asked.name)
    named = frame.assign(section=asked.section, title=asked.title)
    return named[list(SUMMARY)]


def _agreement(studies: list[tuple[Heading, pd.DataFrame]]) -> Section:
    frames = [frame for _, frame in studies]
    deltas = [frame["delta"].dropna().abs() for frame in frames]
    return Section(
        heading="Agreement by study",
        columns={
            "section": [asked.section for asked, _ in studies],
            "study": [asked.title for asked, _ in studies],
            "rows": [str(len(frame)) for frame in frames],
            "measured": [str(frame["best_mean"].notna().sum()) for frame in frames],
            "mean absolute Δ": [number(delta.mean()) for delta in deltas],
            "largest": [number(delta.max()) for delta in deltas],
            "rank correlation": [number(rank_correlation(frame)) for frame in frames],
        },
        left=("section", "study"),
    )
