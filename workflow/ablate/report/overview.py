"""The first page: what was run, on what, and where reported and measured agree and differ."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.report import wording
from ablate.report.embedding import embedded
from ablate.report.grid import Cell, Grid, tone
from ablate.report.rendering import render
from ablate.runs.metrics import Metrics
from ablate.runs.record import Provenance
from ablate.tables.stored import read_study
from ablate.tables.summary import rank_correlation

ALIKE = 2.0  # percent points within which the report calls two accuracies alike
FARTHEST = 12  # so many rows are listed where reported and measured differ most
SHOWN = "reported_vs_measured"


def page(request: dict) -> str:
    """The first page as HTML.

    Args:
        request: `results`, `preset`, `seeds`, `studies` (each with study, title, section) and
            `figures` (each with figure, title, section, caption).

    Raises:
        AblateError: a study's table or a run's metrics are missing or damaged.
    """
    frame = all_rows(request)
    records = provenances(request["results"], frame)
    figures = request.get("figures", [])
    return render(
        "overview",
        request,
        title="What was run, and what came of it",
        facts=facts(request, records),
        cards=cards(frame),
        agreement=agreement(request, frame),
        farthest=farthest(frame),
        missing=missing(frame),
        figure=_figure(request["results"], figures),
        figures=figures,
    )


def all_rows(request: dict) -> pd.DataFrame:
    """The rows of all studies' tables, one below the other."""
    frames = [read_study(request["results"], study["study"]) for study in request["studies"]]
    return pd.concat(frames, ignore_index=True)


def provenances(results: str, frame: pd.DataFrame) -> list[Provenance]:
    """What made each distinct run behind the rows."""
    runs = dict.fromkeys(run for cell in frame["runs"] for run in cell.split())
    return [Metrics.read(Results(results).root / "runs" / run).provenance for run in runs]


def facts(request: dict, records: list[Provenance]) -> list[tuple[str, str]]:
    """What was run, on what: (what, value)."""
    manifest = Manifest.read(Results(request["results"]).manifest)
    versions = [", ".join(f"{k} {v}" for k, v in r.versions.items()) for r in records]
    others = sum(record.data != manifest.digest for record in records)
    found = [
        ("Preset", request.get("preset", "paper")),
        ("Data", wording.data(manifest, (record.train_images for record in records))),
        ("Data digest", manifest.digest),
        ("Seeds", wording.seeds(record.seed for record in records)),
        ("Runs", f"{len(records):,} distinct"),
        ("Hardware", counted(record.device for record in records)),
        ("Precision", counted(record.precision for record in records)),
        ("Training time", wording.duration(sum(record.seconds for record in records))),
        ("Trained", _span(records)),
        ("Versions", counted(versions)),
        ("Git commit", counted(record.git or "none" for record in records)),
        ("Training code", counted(record.code[:12] for record in records)),
        ("Resumed runs", str(sum(bool(record.resumed) for record in records))),
        ("Runs that shared a device", str(sum(record.shared_device for record in records))),
    ]
    eager = sum(record.device_type == "cuda" and not record.graphed for record in records)
    if eager:
        found.append(("Runs without a CUDA graph", f"{eager} on a GPU; their logs say why"))
    if others:
        found.insert(3, ("Caution", f"{others} runs were trained on other data than these"))
    return found


def counted(values: Iterable[str]) -> str:
    """Distinct values, each with how many runs have it where there are several."""
    counts = Counter(values)
    if len(counts) < 2:
        return next(iter(counts), "none")
    return "; ".join(f"{value} ({count})" for value, count in counts.most_common())


def _span(records: list[Provenance]) -> str:
    if not records:
        return "nothing yet"
    first = min(record.started for record in records)
    last = max(record.finished for record in records)
    return " to ".join(dict.fromkeys(time[:16].replace("T", " ") for time in (first, last)))


def cards(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """The headline numbers: (number, what it is)."""
    deltas, measured = frame["delta"].dropna(), frame["best_mean"].dropna()
    found = [(f"{len(measured)} of {len(frame)}", "rows measured")]
    if len(measured):
        best = frame.loc[measured.idxmax()]
        found.append((f"{best['best_mean']:.2f} %", f"best: {best['study']}, {best['label']}"))
    if len(deltas):
        near = int((deltas.abs() <= ALIKE).sum())
        found += [
            (f"{near} of {len(deltas)}", f"within {ALIKE:g} points of the reported accuracy"),
            (f"{deltas.abs().mean():.2f}", "points from the reported accuracy, on average"),
        ]
    for name in ("diverged", "collapsed", "missing"):
        count = int(frame[name].sum())
        found.append((str(count), f"run{'s' * (count != 1)} {name}"))
    return found


def agreement(request: dict, frame: pd.DataFrame) -> Grid:
    """Study by study: how far measured lies from reported, and whether the best is the same."""
    columns = [
        ("study", False),
        ("rows", True),
        (f"within {ALIKE:g} points", False),
        ("mean distance", True),
        ("mean delta", True),
        ("best reported", False),
        ("best measured", False),
        ("rank correlation", True),
    ]
    lines = [
        _agreement(study, frame[frame["study"] == study["study"]]) for study in request["studies"]
    ]
    return Grid(columns, lines)


def _agreement(study: dict, rows: pd.DataFrame) -> list[Cell]:
    deltas = rows["delta"].dropna()
    near = int((deltas.abs() <= ALIKE).sum())
    reported, measured = _label(rows, "reported"), _label(rows, "best_mean")
    marks = ["same"] if reported and reported == measured else []
    return [
        _text(" ".join(part for part in (study.get("section"), study["title"]) if part)),
        Cell(str(len(rows)), str(len(rows))),
        Cell(f"{near} of {len(deltas)}" if len(deltas) else "", f"{near:04d}"),
        _number(deltas.abs().mean()),
        _number(deltas.mean(), signed=True, coloured=True),
        _text(reported),
        Cell(measured, measured.casefold(), marks=marks),
        _number(rank_correlation(rows)),
    ]


def _label(rows: pd.DataFrame, column: str) -> str:
    known = rows[column].dropna()
    return rows.loc[known.idxmax(), "label"] if len(known) else ""


def farthest(frame: pd.DataFrame) -> Grid:
    """The rows whose measured accuracy lies farthest from the reported one."""
    columns = [("study", False), ("row", False), ("reported", True), ("measured", True)]
    columns += [("n", True), ("delta", True)]
    order = frame["delta"].dropna().abs().sort_values(ascending=False, kind="stable").index
    lines = [
        [
            _text(row.study),
            _text(row.label),
            _number(row.reported),
            _number(row.best_mean),
            Cell(str(row.n), str(row.n)),
            _number(row.delta, signed=True, coloured=True),
        ]
        for row in frame.loc[order[:FARTHEST]].itertuples()
    ]
    return Grid(columns, lines)


def missing(frame: pd.DataFrame) -> list[str]:
    """The rows that lack runs, as sentences."""
    return [
        f"{row.study}, {row.label}: {row.missing} of {row.missing + row.n} runs"
        for row in frame[frame["missing"] > 0].itertuples()
    ]


def _text(text: str) -> Cell:
    return Cell(text, text.casefold())


def _number(value: float, signed: bool = False, coloured: bool = False) -> Cell:
    if pd.isna(value):
        return Cell("")
    text = f"{value:+.2f}" if signed else f"{value:.2f}"
    return Cell(text, f"{value:.6f}", style=tone(value) if coloured else "")


def _figure(results: str, figures: list[dict]) -> dict[str, str] | None:
    """The one figure that belongs on the first page, where the report has it."""
    for figure in figures:
        if figure["figure"] == SHOWN:
            try:
                picture = embedded(Path(Results(results).figure(SHOWN)))
            except AblateError:
                return None
            return {"picture": picture, "caption": figure["caption"], "title": figure["title"]}
    return None
