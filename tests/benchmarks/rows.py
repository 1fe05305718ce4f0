"""Measurements as CSV, written anew after each so that a stopped benchmark keeps what it has."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ablate.files import write_whole

Row = dict[str, Any]


class Rows:
    """The rows of one CSV file; all rows have the columns of the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Row] = []

    def add(self, *rows: Row) -> None:
        """Add rows and write the file."""
        self.rows += rows
        with write_whole(self.path) as draft, draft.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(self.rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


class Measures:
    """Single measurements as rows of one CSV file, each with its conditions.

    conditions: a function, since the load of a machine changes.
    """

    def __init__(self, path: Path, conditions: Callable[[], Row]) -> None:
        self.rows = Rows(path)
        self.conditions = conditions

    def add(
        self, part: str, measure: str, value: float, unit: str, target: str = "", how: str = ""
    ) -> None:
        """Add a value and print it. target: what is hoped for. how: what it was taken from."""
        found = {
            "part": part,
            "measure": measure,
            "value": digits(value, 3),
            "unit": unit,
            "target": target,
            "how": how,
        }
        self.rows.add(found | self.conditions())
        aim = f"   (target: {target})" if target else ""
        print(f"{part:>10}  {measure}: {found['value']} {unit}{aim}   {how}", flush=True)


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as text."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def digits(number: float, significant: int = 4) -> str:
    """A number with so many significant digits, without an exponent."""
    return f"{float(f'{number:.{significant}g}'):.10f}".rstrip("0").rstrip(".")
