"""A table's CSV read back as text, for figures."""

import csv
import math
from pathlib import Path

from ablate import invocation
from ablate.errors import AblateError
from ablate.paths import Results


def read_table(results: Path, name: str) -> list[dict[str, str]]:
    """A table's CSV, a dict a row; every cell is text, as rows may be called 1e-5 or none."""
    path = Results(results).table(name)
    if not path.exists():
        raise AblateError(f"{path} does not exist. Build it first: {invocation.snakemake(path)}")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def is_elsewhere(line: dict[str, str]) -> bool:
    """Whether a study's line tells of a row measured elsewhere: it has numbers, and no runs."""
    return not math.isnan(number(line["best_mean"])) and not line["runs"]


def number(cell: str | float | None) -> float:
    """The number in a cell; nan in an empty one."""
    return float("nan") if cell in (None, "") else float(cell)
