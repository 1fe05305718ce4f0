"""The columns of a study's table: as data, and as people read them.

These are two lists, since neither follows from the other: a reader sees several numbers in one
cell (a mean with its deviation, a difference with its interval), and of some none. What people read
is drawn from lines of the data, so that the summary shows rows as their studies do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from ablate.findings.answer import AgainstControl
from ablate.findings.words import points, with_interval
from ablate.tables import cells
from ablate.tables.measured import Measured

SECONDS = {"exact": "", "approx": "about ", "at least": "> "}


@dataclass(frozen=True)
class Entry:
    """A row of the table, with all that a column may show of it."""

    study: str
    row: Measured
    against: AgainstControl | None = None


@dataclass(frozen=True)
class Field:
    """A column of the CSV.

    Attributes:
        kind: text, count (a whole number) or number; accuracies in percent.
        value: of a row.
        held_out: whether only tables of runs that hold images out have it.
    """

    name: str
    kind: Literal["text", "count", "number"]
    value: Callable[[Entry], Any]
    held_out: bool = False


def _of_row(key: str) -> Callable[[Entry], Any]:
    return lambda entry: getattr(entry.row.row, key)


def _sample(name: str, part: str) -> Callable[[Entry], Any]:
    return lambda entry: getattr(entry.row.sample(name), part)


def _first(name: str) -> Callable[[Entry], Any]:
    return lambda entry: next(iter(entry.row.values(name)), None)


def _count(name: str) -> Callable[[Entry], Any]:
    return lambda entry: entry.row.count(name)


def _against(name: str) -> Callable[[Entry], Any]:
    return lambda entry: getattr(entry.against, name, None)


def _differs_by(entry: Entry) -> str:
    row, elsewhere = entry.row.row, entry.row.elsewhere
    if elsewhere is None:
        return " ".join([*row.differs_by, *["(confounded)"] * row.confounded])
    # By what is not known; where its numbers are from is what a reader can follow instead.
    return ": ".join(filter(None, ["(measured elsewhere", elsewhere.source])) + ")"


def _delta(entry: Entry) -> float | None:
    reported, best = entry.row.row.reported, entry.row.sample("best_accuracy")
    return None if reported is None else best.mean - reported


FIELDS = (
    Field("study", "text", lambda entry: entry.study),
    Field("row", "text", lambda entry: entry.row.name),
    Field("label", "text", _of_row("label")),
    Field("differs_by", "text", _differs_by),
    Field("reported", "number", _of_row("reported")),
    Field("n", "count", lambda entry: entry.row.n),
    Field("best_mean", "number", _sample("best_accuracy", "mean")),
    Field("best_std", "number", _sample("best_accuracy", "sd")),
    Field("last_mean", "number", _sample("last_accuracy", "mean")),
    Field("last_std", "number", _sample("last_accuracy", "sd")),
    Field("chosen_mean", "number", _sample("chosen_accuracy", "mean"), held_out=True),
    Field("chosen_std", "number", _sample("chosen_accuracy", "sd"), held_out=True),
    Field("delta", "number", _delta),
    Field("vs_control", "number", _against("difference")),
    Field("vs_control_low", "number", _against("low")),
    Field("vs_control_high", "number", _against("high")),
    Field("best_epoch_mean", "number", _sample("provenance.best_epoch", "mean")),
    Field("train_accuracy_mean", "number", _sample("train_accuracy", "mean")),
    Field("seconds_mean", "number", _sample("provenance.seconds", "mean")),
    Field("reported_seconds", "number", _of_row("reported_seconds")),
    Field("parameters", "count", _first("provenance.parameters")),
    Field("flops", "count", _first("provenance.flops")),
    Field("diverged", "count", _count("provenance.diverged")),
    Field("collapsed", "count", _count("collapsed")),
    Field("missing", "count", lambda entry: len(entry.row.missing)),
    Field("runs", "text", lambda entry: " ".join(entry.row.runs)),
)
NAMES = tuple(field.name for field in FIELDS)
# Of the summary, in which every study's rows stand: before the others.
SUMMARY = ("section", "title", *NAMES)
COUNTS = tuple(field.name for field in FIELDS if field.kind == "count")
NUMBERS = tuple(field.name for field in FIELDS if field.kind == "number")
# By which pandas holds the columns that are no numbers with decimals.
TYPES = {f.name: {"text": "str", "count": "Int64"}[f.kind] for f in FIELDS if f.kind != "number"}
HELD_OUT = tuple(field.name for field in FIELDS if field.held_out)
AGAINST = ("vs_control", "vs_control_low", "vs_control_high")


def as_published(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` without the columns of held-out images, where no row has them."""
    return frame.drop(columns=[name for name in HELD_OUT if frame[name].isna().all()])


def with_highest(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with `highest`: whether a row's reported accuracy is that, of two at least."""
    reported = frame["reported"]
    return frame.assign(highest=(reported == reported.max()) & (reported.count() > 1))


@dataclass(frozen=True)
class Column:
    """A column that people read, of a line of the CSV.

    Attributes:
        name: its heading, the same in every table.
        value: the cell of a line `with_highest`; what only the study's own table knows (`relation`,
            `reported_seconds_is`) stands in the line too, or is missing there.
        legend: what it means; "" where the heading says it.
        left: whether it is text, aligned left.
        paper: whether the table for LaTeX has it.
    """

    name: str
    value: Callable[[Any], str]
    legend: str = ""
    left: bool = False
    paper: bool = False


def _flags(line: Any) -> str:
    of = {"diverged": line.n, "collapsed": line.n, "missing": line.n + line.missing}
    counts = {name: int(getattr(line, name)) for name in of}
    return ", ".join(f"{name} {count} of {of[name]}" for name, count in counts.items() if count)


def _reported(line: Any) -> str:
    return cells.number(line.reported) + ("*" if line.highest else "")


def _reported_seconds(line: Any) -> str:
    seconds = cells.number(line.reported_seconds, 0)
    return seconds and SECONDS[getattr(line, "reported_seconds_is", "exact")] + seconds


COLUMNS = (
    Column("row", lambda line: line.label, left=True, paper=True),
    Column(
        "n",
        lambda line: str(line.n) if line.n else "",
        "n: runs, each with a seed of its own.",
        paper=True,
    ),
    Column(
        "best",
        lambda line: cells.mean(line.best_mean, line.best_std),
        "best: the highest test accuracy over the epochs, in percent, mean ± sample standard "
        "deviation; it is chosen on the test images themselves, so optimistic.",
        paper=True,
    ),
    Column(
        "Δ control",
        lambda line: with_interval(*(getattr(line, name) for name in AGAINST)),
        paper=True,
    ),
    Column(
        "finding",
        lambda line: getattr(line, "relation", ""),
        left=True,
    ),
    Column(
        "reported",
        _reported,
        "reported: in the report; *: the highest in this table that it gives.",
        paper=True,
    ),
    Column(
        "Δ reported",
        lambda line: points(line.delta),
        "Δ reported: best less reported, in percentage points.",
    ),
    Column(
        "last",
        lambda line: cells.mean(line.last_mean, line.last_std),
        "last: test accuracy after the last epoch.",
    ),
    Column(
        "chosen",
        lambda line: cells.mean(line.chosen_mean, line.chosen_std),
        "chosen: test accuracy of the epoch that held-out training images choose, an honest "
        "estimate.",
        paper=True,
    ),
    Column("seconds", lambda line: cells.seconds(line.seconds_mean)),
    Column("reported s", _reported_seconds),
    Column("flags", _flags, left=True, paper=True),
)
