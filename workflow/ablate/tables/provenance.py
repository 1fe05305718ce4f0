"""What a reader must know of the runs behind a table: data, seeds, hardware, code."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from ablate import invocation
from ablate.data import shared
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results, TrainingId
from ablate.runs.record import Provenance, Record
from ablate.tables.cells import out_of

DIGITS = 12  # of a digest: enough to tell two apart
SHOWN = 4  # so many values are spelt out, the others counted
NAMED = 6  # more rows than these are counted
# What is said of the rows that have a run of which this holds.
MARKED: dict[str, Callable[[Provenance], Any]] = {
    "Seconds are not comparable where steps ran one kernel at a time, not as a CUDA graph (the "
    "run's log says why)": lambda made: made.device_type == "cuda" and not made.graphed,
    "Seconds are not comparable where runs shared their device": lambda made: made.shared_device,
    "Resumed after an interruption": lambda made: made.resumed,
    "Resumed on another device or torch": lambda made: len(made.machines) > 1,
}


class Traced(Protocol):
    """A row of a table, and what made each of the runs behind it."""

    @property
    def name(self) -> str: ...
    @property
    def provenances(self) -> list[Provenance]: ...


@dataclass(frozen=True)
class Trained:
    """Runs under one name, and what made each of them."""

    name: str
    provenances: list[Provenance]

    @classmethod
    def of(cls, name: str, runs: Iterable[TrainingId], results: Results) -> Self:
        """What the records of these runs say.

        Raises:
            AblateError: a record is missing or damaged.
        """
        return cls(name, [Record.read(results.run(*each)) for each in runs])


def trail(table: str, rows: Sequence[Traced], results: Results) -> list[str]:
    """The last notes of every table: what to beware of in the runs behind `rows`, and what they
    are, provenance last.

    Raises:
        AblateError: they were trained on different data.
    """
    check_data(table, rows)
    runs = [made for row in rows for made in row.provenances]
    if not runs:
        return ["Provenance: no finished run of these results stands behind it."]
    manifest = _packed(runs, results)
    both = None if manifest is None else shared.caution(results.data)
    return [*_cautions(rows), *filter(None, [both]), _provenance(runs, manifest)]


def check_data(table: str, rows: Sequence[Traced]) -> None:
    """Refuse a table whose runs were trained on different data: nothing in it would compare.

    Raises:
        AblateError: naming which runs stand on which data.
    """
    on: dict[str, list[str]] = {}
    for row in rows:
        for made in row.provenances:
            on.setdefault(made.data, []).append(f"{row.name} ({made.id})")
    if len(on) > 1:
        found = "; ".join(f"on data {data[:12]}: {', '.join(runs)}" for data, runs in on.items())
        raise AblateError(
            f"table {table}: its runs were trained on different data, so they do not compare. "
            f"{found}. Build without naming a table, which retrains what stands on other data than "
            f"is packed now: {invocation.snakemake()}"
        )


def _provenance(runs: list[Provenance], manifest: Manifest | None) -> str:
    """One line: data, seeds, precision, device, code and commit."""
    parts = [
        f"data {_data(runs, manifest)}",
        f"seeds {_listed(sorted({made.seed for made in runs}))}",
        f"precision {_listed(made.precision for made in runs)}",
        f"device {_listed(made.device for made in runs)}",
        f"training code {_listed(_short(made.code) for made in runs)}",
        f"commit {_listed(_short(made.git or 'none') for made in runs)}",
    ]
    return f"Provenance: {'; '.join(parts)}."


def _cautions(rows: Sequence[Traced]) -> list[str]:
    """What makes the rows, or their seconds, less comparable than they look."""
    found = [
        _mixed(rows, lambda made: made.precision, "precisions"),
        _mixed(rows, lambda made: made.device_type, "device types")
        or _mixed(rows, lambda made: made.device, "devices"),
        _mixed(rows, lambda made: made.versions["torch"], "versions of torch"),
    ]
    for said, holds in MARKED.items():
        names = [row.name for row in rows if any(map(holds, row.provenances))]
        if names:
            found.append(f"{said}: {_those(names, rows)}.")
    return [caution for caution in found if caution]


def _mixed(rows: Sequence[Traced], value: Callable[[Provenance], str], plural: str) -> str:
    rows_with: dict[str, dict[str, None]] = {}
    for row in rows:
        for made in row.provenances:
            rows_with.setdefault(value(made), {})[row.name] = None
    if len(rows_with) < 2:
        return ""
    each = "; ".join(f"{value}: {_named([*names])}" for value, names in rows_with.items())
    return f"Mixed {plural}, so rows do not compare strictly: {each}."


def _those(names: list[str], rows: Sequence[Traced]) -> str:
    return "all rows" if len(names) == len(rows) > 1 else _named(names)


def _named(names: list[str]) -> str:
    """Rows by name, or counted where that would be a paragraph."""
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} rows"


def _packed(runs: list[Provenance], results: Results) -> Manifest | None:
    """What the packed images are, where they are still those of the runs."""
    try:
        manifest = Manifest.read(results.manifest)
    except AblateError:
        return None
    return manifest if manifest.digest == runs[0].data else None


def _data(runs: list[Provenance], manifest: Manifest | None) -> str:
    """The data's name and size, where they are known."""
    data = runs[0].data
    if manifest is None:
        return _short(data)
    train = out_of((made.train_images for made in runs), manifest.train_of)
    test = out_of([manifest.test], manifest.test_of)
    kind = "synthetic, " if manifest.synthetic and "synthetic" not in manifest.name else ""
    return f"{manifest.name} ({kind}{train} training and {test} test images, {_short(data)})"


def _listed(values: Iterable) -> str:
    distinct = list(dict.fromkeys(str(value) for value in values))
    more = len(distinct) - SHOWN
    return ", ".join(distinct[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _short(digest: str) -> str:
    return digest[:DIGITS]
