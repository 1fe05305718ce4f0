"""`ablate compare`: which rows moved between two results trees."""

from pathlib import Path

import pandas
from rich.console import Console
from rich.table import Table

from ablate.errors import AblateError
from ablate.paths import Results

# What moves a row: below it, two means are the same number, rounded otherwise.
ROUNDING = 0.005
KEYS = ["study", "row"]


def show(here: Path, other: Path, console: Console) -> int:
    """Print the rows whose accuracy moved, or that only one side has. 0 if none, else 1."""
    moved = differences(summary(here), summary(other))
    if moved.empty:
        console.print(f"no row differs between {here} and {other}")
        return 0
    table = Table("study", "row", str(other), str(here), "moved", "trained anew")
    for row in moved.itertuples():
        cells = [f"{value:.2f}" if pandas.notna(value) else "-" for value in row[3:6]]
        table.add_row(row.study, row.row, *cells, "yes" if row.anew else "no")
    console.print(table)
    return 1


def summary(root: Path) -> pandas.DataFrame:
    """The table of all rows of a results tree.

    Raises:
        AblateError: there is none.
    """
    path = Results(root).table("summary")
    if not path.exists():
        raise AblateError(f"{path}: it is not there; build it first: snakemake --cores 8 {path}")
    return pandas.read_csv(path, dtype={"row": str})


def differences(here: pandas.DataFrame, other: pandas.DataFrame) -> pandas.DataFrame:
    """Rows that moved: study, row, before, after, moved (percent points), anew (other runs)."""
    both = other[[*KEYS, "best_mean", "runs"]].merge(
        here[[*KEYS, "best_mean", "runs"]], on=KEYS, how="outer", suffixes=("_before", "_after")
    )
    both["moved"] = both.best_mean_after - both.best_mean_before
    both["anew"] = both.runs_before != both.runs_after
    kept = both[~(both.moved.abs() < ROUNDING)]
    kept = kept[kept.best_mean_before.notna() | kept.best_mean_after.notna()]
    return kept[[*KEYS, "best_mean_before", "best_mean_after", "moved", "anew"]]
