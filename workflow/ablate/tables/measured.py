"""What stands behind a table's rows: their runs' metrics.json, or what was measured elsewhere."""

import math
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from ablate import invocation
from ablate.errors import AblateError
from ablate.findings.sample import Sample
from ablate.paths import TrainingId
from ablate.requests.study import AskedRow, AskedStudy
from ablate.runs import metrics
from ablate.runs.metrics import Metrics
from ablate.runs.record import Provenance
from ablate.settings.elsewhere import Elsewhere
from ablate.tables.provenance import check_data


@dataclass(frozen=True)
class Measured:
    """One row of a study with what its runs came to, here or elsewhere.

    All that is known of its numbers is asked of it, so that nothing else needs to know where they
    were measured: of what was measured elsewhere there are accuracies, and nothing of all else.

    Attributes:
        name: of the row in its study, or study/row.
        row: as the study asks for it; None of a row read back from a table.
        metrics: what each finished run came to, by seed.
        missing: the trainings that are not finished.
        elsewhere: what was measured there, of a row without runs here.
    """

    name: str
    metrics: list[Metrics]
    missing: list[TrainingId]
    row: AskedRow | None = None
    elsewhere: Elsewhere | None = None

    @property
    def n(self) -> int:
        """How often it was measured."""
        return len(self.values("best_accuracy"))

    @property
    def trained(self) -> bool:
        """Whether every run trained, none diverged and none collapsed, as far as that is known."""
        return not (self.count("provenance.diverged") or self.count("collapsed"))

    @property
    def provenances(self) -> list[Provenance]:
        """What made each finished run."""
        return [found.provenance for found in self.metrics]

    @property
    def runs(self) -> list[str]:
        """Ids, run/seedN, of the finished runs."""
        return [str(made.id) for made in self.provenances]

    def values(self, name: str) -> list:
        """A field of each run's metrics, such as "provenance.seconds"; None stays None."""
        if self.elsewhere is not None:
            return getattr(self.elsewhere, name, None) or []
        return list(map(attrgetter(name), self.metrics))

    @property
    def by_seed(self) -> dict[int, float]:
        """Best accuracy by seed; what was measured elsewhere has no seeds that are known here."""
        return {found.provenance.seed: found.best_accuracy for found in self.metrics}

    def sample(self, name: str) -> Sample:
        """Number, mean and sample standard deviation of a field over the runs.

        A value that is None (not finite) makes the mean NaN rather than being left out.
        """
        values = [math.nan if value is None else float(value) for value in self.values(name)]
        return Sample.of(values)

    def count(self, name: str) -> int:
        """Of how many runs a field is true."""
        return sum(self.values(name))


def measured(study: AskedStudy) -> list[Measured]:
    """Every row of a study with its runs' metrics.

    Raises:
        AblateError: a metrics.json is absent (unless the study is partial), damaged, or another
            run's; the runs stand on different data.
    """
    rows = [_measured(row, study) for row in study.rows]
    check_data(study.name, rows)
    return rows


def _measured(row: AskedRow, study: AskedStudy) -> Measured:
    found, missing = [], []
    for each in row.ids:
        folder = study.results.run(*each)
        if (folder / metrics.NAME).exists():
            found.append(_read(folder, each))
        elif study.partial:
            missing.append(each)
        else:
            raise AblateError(
                f"{folder / metrics.NAME} does not exist, so row {row.name} of table "
                f"{study.name} cannot be measured. Build it first: "
                f"{invocation.snakemake(folder / metrics.NAME)}, or set "
                "`partial: true` to have the table with that row marked missing."
            )
    return Measured(row.name, found, missing, row, row.elsewhere)


def _read(folder: Path, training: TrainingId) -> Metrics:
    found = Metrics.read(folder)
    if found.provenance.id != training:
        raise AblateError(
            f"{folder / metrics.NAME} holds the metrics of {found.provenance.id}: the folder was "
            f"copied or renamed. Remove {folder} and train this run anew: "
            f"{invocation.snakemake(folder / metrics.NAME)}"
        )
    return found
