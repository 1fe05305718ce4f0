"""`ablate compare`: which rows moved beyond noise between two results trees, and which verdicts."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from ablate.commands import current, reference
from ablate.commands.side import RowOfStudy, Side
from ablate.commands.terminal import grid, say
from ablate.errors import AblateError
from ablate.findings.moved import Moved, moved
from ablate.findings.stored import Findings
from ablate.findings.verdict import Verdict
from ablate.findings.words import counted, data, with_interval
from ablate.planning.plan import Plan

ONE_SIDED = ("only there", "only here")
# What is said of a row that is worth a line in the table.
TOLD = ("moved", "not beyond noise", "one run")


def show(plan: Plan, other: Path, console: Console) -> int:
    """Print the rows that differ, those that only one side has, and the verdicts that changed.

    1 if a row moved beyond noise, or a verdict changed though neither side has fewer seeds; else 0.

    Raises:
        AblateError: a table is missing, or does not stand for the runs beside it any more; both
            saw different images, or have no row in common.
    """
    current.check(plan)
    with reference.opened(other) as results:
        current.check_folder(results, other)
        there, here = (Side.of(each, plan.studies) for each in (results, plan.results))
        check_images(there, here, other)
        rows = {
            (study, row.row): row
            for study in plan.studies
            for row in moved(there.samples(study), here.samples(study))
        }
        both = [place for place, row in rows.items() if row.difference is not None]
        if not both:
            raise AblateError(f"{other}: no row that was measured there was measured here too")
        _say_rows(
            rows,
            there.elsewhere() | here.elsewhere(),
            f"there: {other}, here: {plan.results.root}",
            console,
        )
        _say_settings(there, here, console)
        changed = _say_verdicts(there, here, console)
    asked = sum(len(study.rows) for study in plan.studies.values())
    before, after = (len(set().union(*map(side.runs.get, both))) for side in (there, here))
    runs = f"{counted(before, 'run')} there and {after} here"
    found = summary(Counter(rows[place].said for place in both), changed)
    say(console, f"{len(both)} of {asked} rows compared, by {runs}: {found}")
    return int(bool(changed or any(row.said == "moved" for row in rows.values())))


def summary(said: Counter[str], changed: int) -> str:
    """What came of the rows that both sides have, and of so many verdicts, in a sentence or two."""
    if not changed and said["alike"] == said.total():
        return "no row differs."
    found = f"{counted(said['moved'], 'row')} moved beyond noise, "
    found += f"{counted(changed, 'verdict')} changed."
    if single := said["one run"]:
        found += f" How far {counted(single, 'row')} scatter is not known: one run a side."
    return found


def check_images(there: Side, here: Side, other: Path) -> None:
    """Refuse results on other images: that rows differ then says nothing.

    Raises:
        AblateError: saying which images.
    """
    sides = (there, here)
    before, after = (side.images() for side in sides)
    if before and after and before != after:
        said = [
            f"{data(side.asked('data_name'))}, digest {', '.join(sorted(d[:12] for d in digests))}"
            for side, digests in zip(sides, (before, after), strict=True)
        ]
        raise AblateError(
            f"{other}: its runs were trained on other images ({said[0]}) than those here "
            f"({said[1]}), so they do not compare: docs/data.md says how to bring the same"
        )


def _say_rows(
    rows: Mapping[RowOfStudy, Moved], elsewhere: set[RowOfStudy], title: str, console: Console
) -> None:
    """Print the rows of both sides that differ, then those of one side."""
    table = grid(
        ["study", "row", "beyond noise"], ["runs", "there", "here", "difference"], title=title
    )
    for (study, name), row in rows.items():
        if row.said in TOLD:
            label = f"{name} (measured elsewhere)" if (study, name) in elsewhere else name
            numbers = (f"{row.n[0]}, {row.n[1]}", f"{row.before:.2f}", f"{row.after:.2f}")
            shown = with_interval(row.difference, row.low, row.high)
            table.add_row(study, label, row.said, *numbers, shown)
    if table.row_count:
        console.print(table)
    for side in ONE_SIDED:
        if found := ["/".join(place) for place, row in rows.items() if row.said == side]:
            say(console, f"{counted(len(found), 'row')} {side}: {', '.join(found)}")


def _say_settings(there: Side, here: Side, console: Console) -> None:
    """Print what else than the machine may be the reason."""
    presets = [side.asked("preset") for side in (there, here)]
    if presets[0] != presets[1]:
        say(console, f"preset {presets[0]} there, {presets[1]} here")
    before, after = there.settings, here.settings
    others = [row for row in after if before.get(row) and after[row] and before[row] != after[row]]
    if others:
        say(console, f"{counted(len(others), 'row')} trained with other settings there than here")


def _say_verdicts(there: Side, here: Side, console: Console) -> int:
    """Print the verdicts that are others, and count those that nothing explains."""
    try:
        found = verdicts(there, here)
    except AblateError as error:
        # Rows compare all the same.
        say(console, f"verdicts are not compared: {error}")
        return 0
    unexplained = 0
    for before, after in found:
        why = explained((there, before), (here, after))
        unexplained += not why
        shown = f" ({why})" if why else ""
        say(console, f"{after.claim}: {before.verdict} there, {after.verdict} here{shown}")
    return unexplained


def verdicts(there: Side, here: Side) -> list[tuple[Verdict, Verdict]]:
    """Claims that came out otherwise, there and here, of studies that both sides have."""
    if not (there.results.findings.exists() and here.results.findings.exists()):
        return []
    before, after = (Findings.read(side.results.tables).verdicts for side in (there, here))
    both = [(before[claim], found) for claim, found in after.items() if claim in before]
    shared = there.tables.keys() & here.tables.keys()
    return [(b, a) for b, a in both if b.verdict != a.verdict and a.study in shared]


def explained(there: tuple[Side, Verdict], here: tuple[Side, Verdict]) -> str:
    """Why two verdicts differ though nothing need have moved: one side has less; "" if neither."""
    return _lacking("there", there, here) or _lacking("here", here, there)


def _lacking(name: str, one: tuple[Side, Verdict], other: tuple[Side, Verdict]) -> str:
    """What one side, of this name, has less of than the other, if that may leave it undecided."""
    (side, verdict), (others, decided) = one, other
    if verdict.verdict == "not measured":
        return verdict.reason
    if verdict.verdict != "undecided":
        return ""
    if len(verdict.seeds) < len(decided.seeds):
        return f"fewer seeds {name}: {len(verdict.seeds)}, not {len(decided.seeds)}"
    if verdict.n < decided.n:
        return f"fewer seeds {name}: {verdict.n} of some row, not {decided.n}"
    # The other rows of a study tell how far these scatter.
    few, many = (int(each.tables[verdict.study]["n"].sum()) for each in (side, others))
    return f"fewer runs of the study {name}: {few}, not {many}" if few < many else ""
