"""`ablate verify`: every digest from the images to the pages, and the first link that is broken."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from ablate.commands import reference
from ablate.commands.terminal import say
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.files import digest
from ablate.paths import Results
from ablate.planning.made import Made
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs import metrics, travel
from ablate.runs.metrics import Metrics
from ablate.runs.record import Record

# What is made from what, in this order: a broken link is named before what stands on it.
KINDS = ("data", "findings", "tables", "figures", "report")


def show(root: Path, console: Console, plan: Plan | None = None) -> int:
    """Print the first link that does not hold, 1; or how much was checked, 0.

    Args:
        root: a results tree, or what `ablate publish` wrote.
        plan: what the results are meant to be; None for a folder whose config is not here.

    Raises:
        AblateError: there are no results in `root`, or an archive in it is damaged.
    """
    checked = 0
    with reference.opened(root) as results:
        for what, broken in links(results, plan):
            checked += 1
            if broken:
                say(console, f"{what}: {broken}")
                say(console, f"The first link that does not hold, after {checked - 1} that do.")
                return 1
        first = "images" if results.images.exists() else "runs"
        last = "pages" if results.root == root else "tables"
    if not checked:
        raise AblateError(f"{root}: holds no results")
    say(console, f"All {checked} links hold, from the {first} to the {last} of {root}.")
    return 0


def links(results: Results, plan: Plan | None = None) -> Iterator[tuple[str, str]]:
    """Every link with what is wrong with it ("" if nothing), in the order of making.

    The images, then each run's files and metrics, then each product's inputs and files, by the
    digests in their records; with a plan at last whether each product has a record, and settings
    and code are still those. Where no images are packed, every run is held to those of the first.
    """
    yield from products(results, "data")
    folders = sorted((results.root / "runs").glob("*/seed*"))
    first = None if results.manifest.exists() else next(iter(folders), None)
    for folder in folders:
        yield from _run(results, folder, first)
    for kind in KINDS[1:]:
        yield from products(results, kind)
    if plan is not None:
        yield from _planned(plan)


def _run(results: Results, folder: Path, first: Path | None) -> Iterator[tuple[str, str]]:
    """The links of a run, its images compared with the packed ones or those of the first run."""
    name = str(folder.relative_to(results.root))
    try:
        record = Record.read(folder)
        yield name, _lost(record, folder)
        images = Record.read(first).data if first else Manifest.read(results.manifest).digest
        yield f"{name}: data", "" if images == record.data else "trained on other images"
        if (folder / metrics.NAME).exists():
            Metrics.read(folder)
            yield f"{name}: metrics", ""
    except AblateError as error:
        yield name, str(error)


def _lost(record: Record, folder: Path) -> str:
    """What is wrong with a run's files: weights and events may be gone, what travels may not."""
    for file in record.changed(folder):
        if (folder / file).exists():
            return f"{file} is not as the training wrote it"
        if file in travel.FILES:
            return f"{file} is missing"
    return ""


def _planned(plan: Plan) -> Iterator[tuple[str, str]]:
    """The products of a plan that are there but lack their record, or are outdated."""
    products = Products(plan)
    staleness = Staleness(products)
    for name in products.names():
        record = products[name].record
        if staleness.missing(name) == [record]:
            yield name, f"{record} is missing"
        elif reason := staleness.reason(name):
            yield name, reason


def products(results: Results, kind: str) -> Iterator[tuple[str, str]]:
    """The products of a kind by their records: inputs and files as they were."""
    records = results.root / "records"
    single = records / f"{kind}.json"
    paths = [single] if single.exists() else sorted((records / kind).rglob("*.json"))
    for path in paths:
        made = Made.read(path)
        name = str(path.relative_to(records).with_suffix(""))
        if made is None:
            yield name, f"{path} cannot be read"
            continue
        for file, recorded in made.inputs.items():
            yield name, _differs(results.root / file, recorded, "what it was made from")
        for file, recorded in made.outputs.items():
            yield name, _differs(results.root / file, recorded.sha256, "what was written")


def _differs(path: Path, recorded: str, what: str) -> str:
    if not path.exists():
        return f"{path} is missing"
    return "" if digest(path) == recorded else f"{path} is not {what}"
