"""What was run, on what: facts gathered from the records of all runs."""

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from ablate.data import shared
from ablate.data.manifest import Manifest
from ablate.paths import Results
from ablate.report import wording
from ablate.requests.page import Accepted, Plain, Site
from ablate.runs.metrics import Metrics
from ablate.runs.record import Provenance
from ablate.tables.stored import read_study


def all_rows(request: Plain) -> pd.DataFrame:
    """The rows of all studies' tables, one below the other."""
    frames = [read_study(request.results, study.name) for study in request.studies]
    return pd.concat(frames, ignore_index=True)


def provenances(results: Results, frame: pd.DataFrame) -> list[Provenance]:
    """What made each distinct run behind the rows."""
    runs = dict.fromkeys(run for cell in frame["runs"] for run in cell.split())
    return [Metrics.read(results.root / "runs" / run).provenance for run in runs]


def facts(request: Site | Plain, records: list[Provenance]) -> list[tuple[str, str]]:
    """What was run, on what: (what, value)."""
    manifest = Manifest.read(request.results.manifest)
    versions = [", ".join(f"{k} {v}" for k, v in r.versions.items()) for r in records]
    others = sum(record.data != manifest.digest for record in records)
    found = [
        ("Preset", request.preset),
        ("Data", wording.data(manifest, (record.train_images for record in records))),
        ("Data digest", manifest.digest),
        ("Seeds", wording.seeds(record.seed for record in records)),
        ("Runs", f"{len(records):,} distinct"),
        ("Hardware", tallied(record.device for record in records)),
        ("Precision", tallied(record.precision for record in records)),
        ("Training time", wording.duration(sum(record.seconds for record in records))),
        ("Trained", _span(records)),
        ("Versions", tallied(versions)),
        ("Git commit", tallied(record.git or "none" for record in records)),
        ("Training code", tallied(record.code[:12] for record in records)),
        ("Resumed runs", str(sum(bool(record.resumed) for record in records))),
        ("Runs that shared a GPU", str(sum(record.shared_device for record in records))),
    ]
    eager = sum(record.device_type == "cuda" and not record.graphed for record in records)
    if eager:
        found.append(("Runs without a CUDA graph", f"{eager} on a GPU; their logs say why"))
    if request.accepted:
        found.append(("Accepted", _accepted(request.accepted)))
    both = shared.caution(request.results.data)
    if both:
        found.insert(3, ("Caution", both))
    if others:
        found.insert(3, ("Caution", f"{others} runs were trained on other data than these"))
    return found


def _accepted(products: tuple[Accepted, ...]) -> str:
    kinds = Counter(each.product.partition("/")[0] for each in products)
    number = ", ".join(f"{kind}: {count}" for kind, count in kinds.items())
    days = ", ".join(sorted({each.when[:10] for each in products}))
    return f"{number}; on {days}, as they were, though their code had changed"


def tallied(values: Iterable[str]) -> str:
    """Distinct values, each with how many runs have it where there are several."""
    counts = Counter(values)
    if len(counts) < 2:
        return next(iter(counts), "none")
    return "; ".join(f"{value} ({count})" for value, count in counts.most_common())


def _span(records: list[Provenance]) -> str:
    if not records:
        return "nothing yet"
    first = min(record.started for record in records)
    last = max(record.finished for record in records)
    return " to ".join(dict.fromkeys(time[:16].replace("T", " ") for time in (first, last)))
