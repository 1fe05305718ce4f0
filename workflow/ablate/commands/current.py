"""Whether tables stand for the runs beside them: others would say what the runs do not."""

from pathlib import Path

from ablate import invocation
from ablate.commands import verify
from ablate.errors import AblateError
from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness


def check(plan: Plan) -> None:
    """Refuse tables that are missing or outdated.

    Raises:
        AblateError: naming the first, and how to rebuild it.
    """
    staleness = Staleness(Products(plan))
    for study in plan.studies:
        name = f"tables/{study}"
        if staleness.missing(name):
            continue
        reason = staleness.reason(name)
        if reason or staleness.due(name):
            raise AblateError(
                f"{plan.results.table(study)} is outdated ({reason or 'its runs are'}): build it "
                f"first: {invocation.snakemake(plan.results.table(study))}"
            )
    if all(staleness.missing(f"tables/{study}") for study in plan.studies):
        first = plan.results.table(next(iter(plan.studies), "summary"))
        raise AblateError(
            f"{plan.results.root}: no study's table is there; build one first, such as: "
            f"{invocation.snakemake(first)}"
        )


def check_folder(results: Results, name: Path) -> None:
    """The same for a folder whose config is not here: by the digests in its records.

    Args:
        name: what the folder is called in messages.

    Raises:
        AblateError: it holds no tables, or one that does not stand for its runs.
    """
    if not results.tables.is_dir():
        raise AblateError(f"{name}: it holds no tables")
    for what, broken in verify.products(results, "tables"):
        if broken:
            raise AblateError(f"{name}: {what} is outdated: {broken}")
