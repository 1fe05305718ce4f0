"""Writes the tables of README.md and docs/results.md from what report/reference/laptop publishes.

They stand between `<!-- NAME -->` and `<!-- /NAME -->`. `make generate` writes them; a test keeps
pages and published tables in step.
"""

import json
from pathlib import Path

import pandas as pd

from ablate.findings.words import points, with_interval
from ablate.tables.cells import number
from ablate.tables.markdown import grid
from ablate.tables.page import Section
from ablate.tables.summary import rank_correlation

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "report" / "reference" / "laptop" / "tables"
PAGES = (ROOT / "README.md", ROOT / "docs" / "results.md")
VERDICTS = ("confirmed", "contradicted", "undecided")


def filled(page: Path) -> str:
    """The text of `page` with the tables that it has markers for.

    Raises:
        ValueError: a marker has no end.
    """
    text = page.read_text(encoding="utf-8")
    for name, table in {"studies": studies, "rows": rows}.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if found and not closed:
            raise ValueError(f"{page} has {start}, and no {end}")
        if found:
            text = f"{before}{start}\n\n{table()}\n\n{end}{after}"
    return text


def studies() -> str:
    """A line for every study: its runs, its best rows, and what became of its statements."""
    frames = dict(list(_summary().groupby("study", sort=False)))
    verdicts = pd.read_csv(PUBLISHED / "claims.csv").groupby("study")["verdict"].value_counts()
    return grid(
        Section(
            columns={
                "study": [frame["title"].iloc[0] for frame in frames.values()],
                "rows": [str(len(frame)) for frame in frames.values()],
                "n": [_range(frame["n"]) for frame in frames.values()],
                "best here, %": [_best(frame, "best_mean") for frame in frames.values()],
                "best in the report, %": [_best(frame, "reported") for frame in frames.values()],
                "order": [number(rank_correlation(frame)) for frame in frames.values()],
                **{
                    verdict: [str(verdicts.get((study, verdict), "")) for study in frames]
                    for verdict in VERDICTS
                },
            },
            left=("study", "best here, %", "best in the report, %"),
        )
    )


def rows() -> str:
    """Every row with its distance from its control, here and in the report."""
    frame = _summary().set_index(["study", "row"])
    controls = _controls()
    own = pd.Index([controls.get(key, key) for key in frame.index])
    named = ~frame["title"].duplicated()
    # In a chain of steps a row's control has one of its own.
    is_control = frame.index.isin(set(controls.values()) - controls.keys())
    compared = frame["reported"] - frame["reported"].reindex(own).to_numpy()
    return grid(
        Section(
            columns={
                "study": frame["title"].where(named, "").tolist(),
                "row": [
                    f"{label} (control)" if control else label
                    for label, control in zip(frame["label"], is_control, strict=True)
                ],
                "n": frame["n"].astype(str).tolist(),
                "best, %": frame["best_mean"].map(number).tolist(),
                "to control": [
                    with_interval(row.vs_control, row.vs_control_low, row.vs_control_high)
                    for row in frame.itertuples()
                ],
                "reported, %": frame["reported"].map(number).tolist(),
                "reported, to control": compared.mask(is_control).map(points).tolist(),
            },
            left=("study", "row"),
        )
    )


def _summary() -> pd.DataFrame:
    # Studies that show the same run may call it differently; a row may be called "none".
    return pd.read_csv(PUBLISHED / "summary.csv", keep_default_na=False, na_values=[""])


def _controls() -> dict[tuple[str, str], tuple[str, str]]:
    """(study, row) -> (study, control) of every row that is compared with another."""
    answers = json.loads((PUBLISHED / "findings.json").read_text(encoding="utf-8"))["answers"]
    return {
        (study, one["row"]): (study, one["control"])
        for study, answer in answers.items()
        for one in answer["comparisons"]
    }


def _best(frame: pd.DataFrame, column: str) -> str:
    if frame[column].isna().all():
        return ""
    best = frame.loc[frame[column].idxmax()]
    return f"{best['label']}: {best[column]:.2f}"


def _range(counts: pd.Series) -> str:
    low, high = counts.min(), counts.max()
    return str(low) if low == high else f"{low}–{high}"
