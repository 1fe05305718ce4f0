"""Study tables and their summary read back from CSV, for tables and figures made of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ablate import invocation
from ablate.errors import AblateError
from ablate.findings.sample import Sample
from ablate.paths import Results, TrainingId
from ablate.runs import metrics
from ablate.runs.metrics import Metrics
from ablate.tables.answers import accuracy
from ablate.tables.columns import COUNTS, HELD_OUT, NAMES, NUMBERS, SUMMARY, TYPES
from ablate.tables.measured import Measured
from ablate.tables.spreadsheet import as_written


def read_study(results: Results, study: str) -> pd.DataFrame:
    """A study's table as it was written, with all columns and types of `ablate.tables.columns`."""
    return _read(results.table(study), NAMES)


def read_summary(results: Results) -> pd.DataFrame:
    """The summary, with all columns and types of studies' tables after section and title."""
    return _read(results.table("summary"), SUMMARY)


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        # Rows may be called "none" or "nan": texts are taken as they stand, only numbers are blank.
        texts = pd.read_csv(path, dtype="str", keep_default_na=False).map(as_written)
        _check_columns(texts, path, columns)
        texts = texts.reindex(columns=list(columns), fill_value="")
        numbers = texts[[*COUNTS, *NUMBERS]].replace("", np.nan).astype(float)
    except FileNotFoundError as error:
        raise AblateError(
            f"{path} does not exist. Build it first: {invocation.snakemake(path)}"
        ) from error
    except OSError as error:
        raise AblateError(
            f"{path} cannot be read: {error.strerror or error}. {_mend(path)}"
        ) from error
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise AblateError(f"{path} is damaged ({reason}). {_mend(path)}") from error
    return texts.assign(**numbers).astype(TYPES)


def samples(results: Results, frame: pd.DataFrame) -> dict[str, Sample]:
    """Best accuracy over the runs of each row of a study, as its own table takes it."""
    return {
        line.row: accuracy(behind, "best_accuracy") if behind.metrics else _stored(line)
        for line, behind in zip(frame.itertuples(), rows_behind(results, frame), strict=True)
    }


def _stored(line: Any) -> Sample:
    """What the table itself has of a row whose runs are gone, or were never here."""
    trained = not (line.diverged or line.collapsed)
    found = Sample(int(line.n), float(line.best_mean), float(line.best_std), trained=trained)
    return found.of_others() if is_elsewhere(line) else found


def is_elsewhere(line: Any) -> bool:
    """Whether a line tells of a row that was measured elsewhere: it has numbers, and no runs."""
    return bool(line.n) and not line.runs


def rows_behind(results: Results, frame: pd.DataFrame) -> list[Measured]:
    """The rows of stored study tables with their runs' metrics.

    A run that was removed since is left out: its row in the table stands.
    """
    return [
        Measured(f"{line.study}/{line.row}", _metrics(results, line.runs.split()), [])
        for line in frame.itertuples()
    ]


def _metrics(results: Results, runs: list[str]) -> list[Metrics]:
    folders = [results.run(*TrainingId.parse(run)) for run in runs]
    return [Metrics.read(folder) for folder in folders if (folder / metrics.NAME).exists()]


def _check_columns(frame: pd.DataFrame, path: Path, columns: tuple[str, ...]) -> None:
    found = set(frame.columns)
    if list(frame.columns) != [name for name in columns if name in found or name not in HELD_OUT]:
        raise AblateError(
            f"{path} has the columns {', '.join(map(str, frame.columns))}, where there should be "
            f"{', '.join(columns)}. {_mend(path)}"
        )


def _mend(path: Path) -> str:
    return f"Remove it and make it anew, which trains nothing: {invocation.snakemake(path)}"
