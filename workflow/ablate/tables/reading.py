"""A table's CSV read back as text, for figures of one's own."""

import csv
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
