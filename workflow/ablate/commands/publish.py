"""`ablate publish`: built results as a reference, small enough for a repository."""

import shutil
from pathlib import Path

from rich.console import Console

from ablate.commands import compare, reference
from ablate.commands.terminal import say
from ablate.errors import AblateError
from ablate.files import write_text, write_whole
from ablate.planning.plan import Plan
from ablate.planning.product import Product
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs import travel

# Of figures the one format that is small and sharp.
KINDS = ("tables", "findings", "figures")
REPORT = "report.md"


def show(plan: Plan, out: Path, console: Console) -> int:
    """Write the finished runs, tables, figures as SVG, and the plain report to `out`. Always 0.

    What an earlier call left in `out` is replaced.

    Raises:
        AblateError: a table is outdated, a run's file is damaged, or `out` cannot be written.
    """
    compare.check(plan)
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
    travel.pack([(name, products[name].record.parent) for name in runs], out / reference.RUNS)
    _clear(out)
    root = plan.results.root
    for name, product in built.items():
        for path in _published(name, product):
            _copy(path, out / path.relative_to(root))
    if not staleness.due("report/markdown"):
        text = (root / REPORT).read_text(encoding="utf-8").replace(".png)", ".svg)")
        write_text(out / REPORT, text)
    say(console, f"{len(runs)} runs and {len(built)} products in {out}")
    return 0


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
    known = {reference.RUNS, REPORT, *reference.SHOWN}
    others = sorted(path.name for path in out.iterdir() if path.name not in known)
    if others:
        raise AblateError(
            f"{out} holds {', '.join(others)}, which were not published earlier: name "
            "another folder, or remove it"
        )


def _clear(out: Path) -> None:
    """Remove what an earlier call left, but for the runs."""
    (out / REPORT).unlink(missing_ok=True)
    for part in reference.SHOWN:
        shutil.rmtree(out / part, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    with write_whole(target) as draft:
        shutil.copyfile(source, draft)
