"""What a reader must know of the runs behind a table: data, seeds, hardware, code."""

from collections.abc import Iterable
from pathlib import Path

from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.tables.measured import Measured

DIGITS = 12  # of a digest: enough to tell two apart
SHOWN = 4  # so many values are spelt out, the others counted


def provenance(rows: list[Measured], results: str | Path) -> str:
    """One line: data, seeds, precision, device, code and commit of the runs behind `rows`."""
    records = _records(rows)
    if not records:
        return "Provenance: no run is finished."
    parts = [
        f"data {_data(records[0]['data'], results)}",
        f"seeds {_listed(sorted({record['seed'] for record in records}))}",
        f"precision {_values(records, 'precision')}",
        f"device {_values(records, 'device')}",
        f"training code {_listed(_short(record['code']) for record in records)}",
        f"commit {_listed(_short(record['git'] or 'none') for record in records)}",
    ]
    return f"Provenance: {'; '.join(parts)}."


def cautions(rows: list[Measured]) -> list[str]:
    """What makes the rows, or their seconds, less comparable than they look."""
    found = [_mixed(rows, "precision", "precisions"), _mixed(rows, "device_type", "device types")]
    shared = [
        row.name for row in rows if any(m["provenance"]["shared_device"] for m in row.metrics)
    ]
    if shared:
        found.append(
            f"Seconds are not comparable where runs shared their device: {_those(shared, rows)}."
        )
    resumed = [row.name for row in rows if any(m["provenance"]["resumed"] for m in row.metrics)]
    if resumed:
        found.append(f"Resumed after an interruption: {_those(resumed, rows)}.")
    return [caution for caution in found if caution]


def _mixed(rows: list[Measured], key: str, plural: str) -> str:
    rows_with: dict[str, dict[str, None]] = {}
    for row in rows:
        for metrics in row.metrics:
            rows_with.setdefault(metrics["provenance"][key], {})[row.name] = None
    if len(rows_with) < 2:
        return ""
    each = "; ".join(f"{value}: {', '.join(names)}" for value, names in rows_with.items())
    return f"Mixed {plural}, so rows do not compare strictly: {each}."


def _those(names: list[str], rows: list[Measured]) -> str:
    return "all rows" if len(names) == len(rows) > 1 else ", ".join(names)


def _records(rows: list[Measured]) -> list[dict]:
    return [metrics["provenance"] for row in rows for metrics in row.metrics]


def _data(digest: str, results: str | Path) -> str:
    """The data's name and size, where the packed data are still those of the runs."""
    try:
        manifest = Manifest.read(Results(results).manifest)
    except AblateError:
        return _short(digest)
    if manifest.digest != digest:
        return _short(digest)
    train = _of(manifest.train, manifest.train_of)
    test = _of(manifest.test, manifest.test_of)
    kind = "synthetic, " if manifest.synthetic and "synthetic" not in manifest.name else ""
    return f"{manifest.name} ({kind}{train} training and {test} test images, {_short(digest)})"


def _of(count: int, whole: int) -> str:
    return f"{count:,}" if count == whole else f"{count:,} of {whole:,}"


def _values(records: list[dict], key: str) -> str:
    return _listed(record[key] for record in records)


def _listed(values: Iterable) -> str:
    distinct = list(dict.fromkeys(str(value) for value in values))
    more = len(distinct) - SHOWN
    return ", ".join(distinct[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _short(digest: str) -> str:
    return digest[:DIGITS]
