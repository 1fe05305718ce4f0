"""`ablate compare`: which rows moved beyond noise between two results trees, and which verdicts."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from ablate import invocation
from ablate.commands import reference, verify
from ablate.commands.terminal import grid, say
from ablate.errors import AblateError
from ablate.findings.moved import Moved, moved
from ablate.findings.record import Findings
from ablate.findings.words import counted, with_interval
from ablate.paths import Results
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.tables.stored import is_elsewhere, read_study, samples


def show(plan: Plan, other: Path, console: Console) -> int:
    """Print the rows that moved, or that only one side has, and the verdicts that changed.

    0 if nothing moved beyond noise, else 1.

    Raises:
        AblateError: a table is missing, or does not stand for the runs beside it any more.
    """
    check(plan)
    with reference.opened(other) as there:
        check_folder(there, other)
        return _show(plan, there, other, console)


def _show(plan: Plan, there: Results, other: Path, console: Console) -> int:
    here = plan.results
    rows = [
        (study, row) for study in plan.studies for row in of_study(study, here, there) if told(row)
    ]
    table = grid(
        ["study", "row", "beyond noise"],
        ["there", "here", "difference"],
        title=f"there: {other}, here: {here.root}",
    )
    for study, row in rows:
        means = ["-" if mean is None else f"{mean:.2f}" for mean in (row.before, row.after)]
        shown = with_interval(row.difference, row.low, row.high)
        table.add_row(study, row.row, row.said, *means, shown)
    if rows:
        console.print(table)
    changed = []
    try:
        changed = verdicts(here, there)
    except AblateError as error:
        # Rows compare all the same.
        say(console, f"verdicts are not compared: {error}")
    for claim, before, after in changed:
        say(console, f"{claim}: {before} there, {after} here")
    beyond = sum(row.said in ("moved", "only here", "only there") for _, row in rows)
    if rows or changed:
        moved_rows = f"{counted(beyond, 'row')} moved beyond noise"
        say(console, f"{moved_rows}, {counted(len(changed), 'verdict')} changed.")
    else:
        say(console, f"no row differs between {here.root} and {other}")
    return int(bool(beyond or changed))


def told(row: Moved) -> bool:
    """Whether a row is worth a line."""
    return row.said not in ("alike", "not measured")


def of_study(study: str, here: Results, there: Results) -> list[Moved]:
    """The rows of a study on both sides; none where a side has no such table."""
    sides, others = [], set()
    for results in (there, here):
        if not results.table(study).exists():
            return []
        frame = read_study(results.root, study)
        sides.append(samples(results.root, frame))
        others |= {line.row for line in frame.itertuples() if is_elsewhere(line)}
    return [
        replace(one, row=f"{one.row} (measured elsewhere)") if one.row in others else one
        for one in moved(*sides)
    ]


def verdicts(here: Results, there: Results) -> list[tuple[str, str, str]]:
    """Claims of another verdict: (claim, there, here); none where a side has judged no claim."""
    if not (here.findings.exists() and there.findings.exists()):
        return []
    after, before = (Findings.read(side.tables).verdicts for side in (here, there))
    return [
        (claim, before[claim].verdict, found.verdict)
        for claim, found in after.items()
        if claim in before and before[claim].verdict != found.verdict
    ]


def check(plan: Plan) -> None:
    """Refuse tables that are missing or outdated: they would say what the runs do not.

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
    if not (results.root / "tables").is_dir():
        raise AblateError(f"{name}: it holds no tables")
    for what, broken in verify.products(results, "tables"):
        if broken:
            raise AblateError(f"{name}: {what} is outdated: {broken}")
