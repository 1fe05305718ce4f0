"""`ablate publish`: built results as a reference, small enough for a repository."""

import shutil
from pathlib import Path

from rich.console import Console

from ablate.commands import current, reference
from ablate.commands.terminal import say
from ablate.errors import AblateError
from ablate.files import write_text
from ablate.findings.words import counted
from ablate.paths import Results
from ablate.planning import claims
from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs import events, record, travel

# Of figures the one format that is small and sharp.
KINDS = ("tables", "findings", "figures")


def show(plan: Plan, out: Path, console: Console) -> int:
    """Write the finished runs, tables, figures as SVG, and the plain report to `out`. Always 0.

    What an earlier call left in `out` is replaced, but for archives whose runs are all still
    current: what is new goes into another one.

    Raises:
        AblateError: a table is outdated, a run's file is damaged, or `out` cannot be written.
    """
    current.check(plan)
    products = Products(plan)
    staleness = Staleness(products)
    runs = staleness.finished()
    built = {
        name: products[name]
        for kind in KINDS
        for name in products.of_kind(kind)
        if not staleness.due(name)
    }
    _check(out)
    # First: of a run that is damaged it is told while what was published earlier still stands.
    folders = {name: products[name].record.parent for name in runs}
    archived = _pack(folders, claims.weighed(plan), out)
    _clear(out, archived)
    root = plan.results.root
    if plan.results.manifest.exists():
        travel.copy_file(plan.results.manifest, Results(out).manifest)
    for name, product in built.items():
        for path in _published(name, product):
            travel.copy_file(path, out / path.relative_to(root))
    if not staleness.due("report/markdown"):
        text = plan.results.markdown.read_text(encoding="utf-8").replace(".png)", ".svg)")
        write_text(Results(out).markdown, text)
    say(console, f"{counted(len(runs), 'run')} and {counted(len(built), 'product')} in {out}")
    return 0


def _pack(runs: dict[str, Path], weighed: set[str], out: Path) -> list[Path]:
    """The archives of `out` that now hold these runs and no others."""
    kept, packed = [], set()
    lacking = {place for place in weighed & runs.keys() if (runs[place] / events.PATH).exists()}
    for archive in travel.archives(out) if out.is_dir() else ():
        held = _held(archive)
        if held and all(place in runs and _same(held[place], runs[place]) for place in held):
            kept.append(archive)
            lacking -= {place for place, run in held.items() if run.events}
            packed |= held.keys()
    new = [(place, runs[place]) for place in runs if place not in packed or place in lacking]
    if new or not kept:
        kept.append(_free(out, kept))
        travel.pack(new, kept[-1], weighed)
    return kept


def _held(archive: Path) -> dict[str, travel.Packed]:
    """The runs in an archive; none in a damaged one, whose runs are then packed again."""
    try:
        return travel.packed(archive)
    except AblateError:
        return {}


def _same(packed: travel.Packed, folder: Path) -> bool:
    return packed.record == (folder / record.NAME).read_bytes()


def _free(out: Path, kept: list[Path]) -> Path:
    """The first of runs.tar.xz, runs-2.tar.xz and so on that is no archive to keep."""
    names = ("runs", *(f"runs-{number}" for number in range(2, len(kept) + 2)))
    paths = [out / f"{name}{travel.ARCHIVE}" for name in names]
    return next(path for path in paths if path not in kept)


def _published(name: str, product: Product) -> list[Path]:
    """The files of a product that are published: of a figure one, of others all."""
    if name.startswith("figures/"):
        return [path for path in product.outputs if path.suffix == ".svg"]
    return [*product.files]


def _check(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise AblateError(f"{out} is a file: name a folder")
    report = Results(out).markdown.name
    known = {report, *reference.SHOWN, *(path.name for path in travel.archives(out))}
    others = sorted(path.name for path in out.iterdir() if path.name not in known)
    if others:
        raise AblateError(
            f"{out} holds {', '.join(others)}, which were not published earlier: name "
            "another folder, or remove it"
        )


def _clear(out: Path, archived: list[Path]) -> None:
    """Remove what an earlier call left, but for the runs."""
    for archive in set(travel.archives(out)) - set(archived):
        archive.unlink()
    Results(out).markdown.unlink(missing_ok=True)
    for part in reference.SHOWN:
        shutil.rmtree(out / part, ignore_errors=True)
