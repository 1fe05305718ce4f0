"""A study's table: every row's measured accuracy beside the reported one and the control's."""

import math

import pandas as pd

from ablate.errors import AblateError
from ablate.tables.cells import (
    differs_by,
    mean,
    number,
    readable_differs_by,
    seconds,
    signed,
    with_interval,
)
from ablate.tables.interval import Sample, interval
from ablate.tables.legend import legend
from ablate.tables.measured import Measured, measure
from ablate.tables.page import Page, Section, heading
from ablate.tables.provenance import cautions, provenance

AGAINST = ("vs_control", "vs_control_low", "vs_control_high")
COLUMNS = (
    *("study", "row", "label", "differs_by", "reported", "n"),
    *("best_mean", "best_std", "last_mean", "last_std"),
    *("delta", *AGAINST),
    *("best_epoch_mean", "train_accuracy_mean", "seconds_mean", "reported_seconds"),
    *("parameters", "flops", "diverged", "collapsed", "missing", "runs"),
)
COUNTS = ("n", "parameters", "flops", "diverged", "collapsed", "missing")
TEXTS = ("study", "row", "label", "differs_by", "runs")
SECONDS = {"exact": "", "approx": "about ", "at least": "> "}


def table(request: dict) -> pd.DataFrame:
    """A study's table, one line a row, with exactly the columns of `COLUMNS`.

    Accuracies and their differences are percent, standard deviations those of a sample (n - 1).
    A run that diverged counts with its best epoch, and is counted under `diverged`.

    Raises:
        AblateError: see `ablate.tables.measured.measure`; or the control is not among the rows.
    """
    return _frame(request, measure(request))


def page(request: dict) -> tuple[pd.DataFrame, Page]:
    """The table, and the readable page with its heading, notes and provenance.

    Raises:
        AblateError: as `table`.
    """
    rows = measure(request)
    frame = _frame(request, rows)
    notes = [*legend(request, rows, frame), *cautions(rows)]
    return frame, Page(
        name=request["study"],
        title=heading(request, request["study"]),
        note=request.get("note"),
        text=[request["question"]] if request.get("question") else [],
        sections=[_section(request, rows, frame)],
        notes=[*notes, provenance(rows, request["results"])],
    )


def _frame(request: dict, rows: list[Measured]) -> pd.DataFrame:
    named = {row.name: row for row in rows}
    lines = [_line(request, row, _control(request, row, named)) for row in rows]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    frame = frame.astype(dict.fromkeys(COUNTS, "Int64") | dict.fromkeys(TEXTS, "str"))
    numbers = [name for name in COLUMNS if name not in (*COUNTS, *TEXTS)]
    # What lies beyond six decimals is the rounding error of the sums.
    return frame.assign(**frame[numbers].astype(float).round(6))


def _control(request: dict, row: Measured, rows: dict[str, Measured]) -> Measured | None:
    name = row.row.get("control")
    if name is not None and name not in rows:
        raise AblateError(
            f"table {request['study']}: its control {name} is not among its rows {', '.join(rows)}."
        )
    return None if name is None else rows[name]


def _line(request: dict, row: Measured, control: Measured | None) -> dict:
    best, last = row.sample("best_accuracy"), row.sample("last_accuracy")
    return {
        "study": request["study"],
        "row": row.name,
        "label": row.row["label"],
        "differs_by": differs_by(row.row["differs_by"]),
        "reported": row.row.get("reported"),
        "n": best.n,
        "best_mean": best.mean,
        "best_std": best.sd,
        "last_mean": last.mean,
        "last_std": last.sd,
        "delta": best.mean - _or_nan(row.row.get("reported")),
        **_against(best, row, control, request.get("noise")),
        "best_epoch_mean": row.sample("provenance.best_epoch").mean,
        "train_accuracy_mean": row.sample("train_accuracy").mean,
        "seconds_mean": row.sample("provenance.seconds").mean,
        "reported_seconds": row.row.get("reported_seconds"),
        "parameters": next(iter(row.values("provenance.parameters")), None),
        "flops": next(iter(row.values("provenance.flops")), None),
        "diverged": row.count("provenance.diverged"),
        "collapsed": row.count("collapsed"),
        "missing": len(row.missing),
        "runs": " ".join(row.runs),
    }


def _against(best: Sample, row: Measured, control: Measured | None, noise: dict | None) -> dict:
    low = high = difference = math.nan
    if control is not None:
        other = control.sample("best_accuracy")
        difference = best.mean - other.mean
        low, high = interval(best, other, noise)
    return {"vs_control": difference, "vs_control_low": low, "vs_control_high": high}


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _section(request: dict, rows: list[Measured], frame: pd.DataFrame) -> Section:
    columns = {
        "row": frame["label"].tolist(),
        "differs by": [readable_differs_by(cell) for cell in frame["differs_by"]],
        "reported": [_reported(row.row) for row in rows],
        "best (n)": [mean(line.best_mean, line.best_std, line.n) for line in frame.itertuples()],
        "last": [mean(line.last_mean, line.last_std) for line in frame.itertuples()],
        "chosen": [_chosen(row) for row in rows],
        "delta": [signed(cell) for cell in frame["delta"]],
        "vs control": [with_interval(*cells) for cells in frame[list(AGAINST)].to_numpy()],
        "seconds": [seconds(cell) for cell in frame["seconds_mean"]],
        "reported s": [_reported_seconds(row.row) for row in rows],
        "flags": [_flags(row) for row in rows],
    }
    return Section.of_filled(
        columns,
        bold=best_lines(frame),
        left=("row", "differs by", "flags"),
    )


def _reported(row: dict) -> str:
    mark = "*" if row.get("reported_best") else ""
    return number(_or_nan(row.get("reported"))) + mark


def _chosen(row: Measured) -> str:
    """Test accuracy of the epoch that held-out images chose, where the runs hold some out."""
    if None in row.values("chosen_accuracy"):
        return ""
    chosen = row.sample("chosen_accuracy")
    return mean(chosen.mean, chosen.sd)


def _reported_seconds(row: dict) -> str:
    if row.get("reported_seconds") is None:
        return ""
    return SECONDS[row.get("reported_seconds_is", "exact")] + f"{row['reported_seconds']:.0f}"


def _flags(row: Measured) -> str:
    counts = {
        "diverged": row.count("provenance.diverged"),
        "collapsed": row.count("collapsed"),
    }
    found = [f"{name} {count} of {len(row.metrics)}" for name, count in counts.items() if count]
    if row.missing:
        found.append(f"missing {len(row.missing)} of {len(row.row['seeds'])}")
    return ", ".join(found)


def best_lines(frame: pd.DataFrame) -> frozenset[int]:
    """The lines, from 0, of highest mean best accuracy."""
    best = frame["best_mean"]
    return frozenset(i for i, value in enumerate(best) if value == best.max())
