"""One of two results trees that are compared: its tables, and the runs behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import pandas as pd

from ablate.findings.sample import Sample
from ablate.paths import Results, TrainingId
from ablate.planning.made import Made
from ablate.runs.glance import glance
from ablate.tables.stored import is_elsewhere, read_study, samples

# A study and a row of it.
RowOfStudy = tuple[str, str]


@dataclass(frozen=True)
class Side:
    """A results tree with the tables of its studies, as far as they are there."""

    results: Results
    tables: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, results: Results, studies: Iterable[str]) -> Self:
        """The side of these results."""
        there = [study for study in studies if results.table(study).exists()]
        return cls(results, {study: read_study(results, study) for study in there})

    def samples(self, study: str) -> dict[str, Sample]:
        """What each row of a study came to; none without its table."""
        found = self.tables.get(study)
        return {} if found is None else samples(self.results, found)

    def elsewhere(self) -> set[RowOfStudy]:
        """The rows that were measured elsewhere."""
        return {place for place, line in self._lines() if is_elsewhere(line)}

    @cached_property
    def runs(self) -> dict[RowOfStudy, set[TrainingId]]:
        """The trainings of every row."""
        return {place: set(map(TrainingId.parse, row.runs.split())) for place, row in self._lines()}

    @property
    def settings(self) -> dict[RowOfStudy, set[str]]:
        """The names of every row's runs, which tell their settings."""
        return {place: {each.run for each in runs} for place, runs in self.runs.items()}

    def images(self) -> set[str]:
        """The digests of the images that its runs saw."""
        runs = set().union(*self.runs.values())
        found = (glance(self.results.run(*each)) for each in runs)
        return {record.data for record in found if record is not None}

    def _lines(self) -> Iterator[tuple[RowOfStudy, Any]]:
        for study, table in self.tables.items():
            yield from (((study, line.row), line) for line in table.itertuples())

    def asked(self, what: str) -> str:
        """What its tables were asked for of this, such as the preset."""
        made = (Made.read(self.results.record(f"tables/{study}")) for study in self.tables)
        return ", ".join(sorted({str(each.request.get(what, "?")) for each in made if each}))
