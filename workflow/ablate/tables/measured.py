"""The runs behind a table's rows, read from their metrics.json."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ablate.errors import AblateError
from ablate.evaluation.metrics import METRICS, read_metrics
from ablate.paths import Results
from ablate.tables.interval import Sample


@dataclass(frozen=True)
class Measured:
    """One row of a study with what its runs came to.

    Attributes:
        row: the row as the request has it.
        metrics: the content of each finished run's metrics.json, by seed.
        missing: ids, run/seedN, of the runs without one.
    """

    row: dict
    metrics: list[dict]
    missing: list[str]

    @property
    def name(self) -> str:
        """The row's name in its study."""
        return self.row["row"]

    @property
    def runs(self) -> list[str]:
        """Ids, run/seedN, of the finished runs."""
        return [run_id(metrics["run"], metrics["seed"]) for metrics in self.metrics]

    def values(self, key: str) -> list:
        """What each run has under `key` in metrics.json; None stays None."""
        return [metrics[key] for metrics in self.metrics]

    def sample(self, key: str) -> Sample:
        """Number, mean and sample standard deviation of `key` over the runs.

        A value that is None (not finite) makes the mean NaN rather than being left out.
        """
        values = np.array(self.values(key), dtype=float)
        mean = float(values.mean()) if len(values) else np.nan
        sd = float(values.std(ddof=1)) if len(values) > 1 else np.nan
        return Sample(len(values), mean, sd)

    def count(self, flag: str) -> int:
        """How many runs are flagged: diverged or collapsed."""
        return sum(self.values(flag))


def run_id(run: str, seed: int) -> str:
    """A run and its seed as they stand below results/runs."""
    return f"{run}/seed{seed}"


def measure(request: dict) -> list[Measured]:
    """Every row of a study's request with its runs' metrics.

    Raises:
        AblateError: a metrics.json is absent (unless the request is partial), damaged, or another
            run's; the runs stand on different data.
    """
    rows = [_measure_row(row, request) for row in request["rows"]]
    check_data(f"table {request['study']}", rows)
    return rows


def check_data(table: str, rows: list[Measured]) -> None:
    """Refuse a table whose runs were trained on different data: nothing in it would compare.

    Raises:
        AblateError: naming which runs stand on which data.
    """
    on: dict[str, list[str]] = {}
    for row in rows:
        for metrics, name in zip(row.metrics, row.runs, strict=True):
            on.setdefault(metrics["provenance"]["data"], []).append(f"{row.name} ({name})")
    if len(on) > 1:
        found = "; ".join(f"on data {data[:12]}: {', '.join(runs)}" for data, runs in on.items())
        raise AblateError(
            f"{table}: its runs were trained on different data, so they do not compare. {found}. "
            "Run snakemake again without naming a table: it retrains what stands on other data "
            "than results/data."
        )


def _measure_row(row: dict, request: dict) -> Measured:
    found, missing = [], []
    for seed in row["seeds"]:
        path = Results(request["results"]).run(row["run"], seed) / METRICS
        if path.exists():
            found.append(_read(path, row["run"], seed))
        elif request.get("partial"):
            missing.append(run_id(row["run"], seed))
        else:
            raise AblateError(
                f"{path} does not exist, so row {row['row']} of table {request['study']} cannot be "
                f"measured. Let snakemake make it, or set `partial: true` to have the table with "
                "that row marked missing."
            )
    return Measured(row, found, missing)


def _read(path: Path, run: str, seed: int) -> dict:
    metrics = read_metrics(path)
    if (metrics["run"], metrics["seed"]) != (run, seed):
        raise AblateError(
            f"{path} holds the metrics of {run_id(metrics['run'], metrics['seed'])}: the folder "
            f"was copied or renamed. Remove {path.parent} and run snakemake again."
        )
    return metrics
