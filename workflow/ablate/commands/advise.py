"""`ablate advise`: which seeds would decide which claims, and what they cost on this device."""

import json
import math
from collections.abc import Iterable
from statistics import fmean

from rich.console import Console

from ablate import invocation
from ablate.commands.terminal import grid, say, spoken
from ablate.errors import AblateError
from ablate.findings.advice import PILOT, Advised, Place, Wish, steps
from ablate.findings.stored import NAME, Findings
from ablate.findings.verdict import Verdict
from ablate.findings.words import counted
from ablate.planning import claims
from ablate.planning.plan import Plan
from ablate.planning.planned import SeededRun
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs.glance import glance
from ablate.settings.seeds import spelled

# Why nothing is advised for a claim that is undecided.
ALONE = "These need seeds of runs that stand in a figure alone, or have not been timed here"
FIXED = "These name rows that were measured elsewhere, to which no seeds can be added here"
UNCOUNTED = (
    "No number of seeds is known for these: it is counted for claims of one comparison by "
    "accuracy, and up to 1,000"
)


def show(plan: Plan, console: Console, hours: float | None = None) -> int:
    """Print the seeds that would decide most claims, and the YAML for them. Always 0.

    Raises:
        AblateError: `hours` is no length of time.
    """
    if hours is not None and not 0 < hours < math.inf:
        raise AblateError(f"--hours: found {hours:g}; allowed: a number above 0")
    places = every_place(plan)
    wishes, left_out = sorted_out(plan, Findings.read(plan.results.tables), places)
    if reason := Staleness(Products(plan)).reason("findings"):
        command = invocation.snakemake(plan.results.tables / NAME)
        say(
            console,
            f"Note: the verdicts are outdated ({reason}). To bring them up to date: {command}",
        )
    advised = steps(wishes, places, None if hours is None else hours * 3600)
    for reason, named in left_out.items():
        if named:
            say(console, f"{reason}: {', '.join(named)}.")
    if advised:
        print_steps(plan, advised, console)
    else:
        limit = "" if hours is None else f" within {counted(hours, 'hour')}"
        say(console, f"No undecided claim can be decided{limit}.")
    return 0


def sorted_out(
    plan: Plan, found: Findings, places: dict[str, Place]
) -> tuple[list[Wish], dict[str, list[str]]]:
    """What more seeds would decide, and the undecided claims that get none, by the reason."""
    stated = claims.by_name(plan)
    wishes: list[Wish] = []
    left_out: dict[str, list[str]] = {ALONE: [], FIXED: [], UNCOUNTED: []}
    for one in found.verdicts.values():
        if one.verdict != "undecided" or not one.links:
            continue
        claim = stated.get(one.claim)
        if claim is None:
            continue  # The config has lost it since.
        wish = wished(one, claim, places)
        if claim.names_elsewhere:
            left_out[FIXED].append(one.claim)
        elif wish is not None and wish.places <= set(places):
            wishes.append(wish)
        elif wish is not None:
            left_out[ALONE].append(one.claim)
        elif one.seeds_for_matters is None:
            left_out[UNCOUNTED].append(one.claim)
    return wishes, left_out


def print_steps(plan: Plan, advised: list[Advised], console: Console) -> None:
    """The table of steps, what it rests on, and the YAML to paste."""
    table = grid(["seeds for", "claims"], ["seeds a row", "takes", "in all"])
    total = 0.0
    for step in advised:
        total += step.seconds
        names = ", ".join(name.partition(".")[2] for name in step.places)
        times = (spoken(step.seconds), spoken(total))
        table.add_row(names, ", ".join(step.claims), str(step.seeds), *times)
    console.print(table)
    say(
        console,
        "Seeds for 80 % power at each claim's own margin, after Holm; where nothing tells how far "
        f"runs scatter, {PILOT} to find out. Fix the number in advance: seeds added until a test "
        "comes out make it come out too often. Paste this, or keep it in a file for --configfile:",
    )
    say(console, overlay(plan, advised))


def wished(verdict: Verdict, claim: claims.PlannedClaim, places: dict[str, Place]) -> Wish | None:
    """What more seeds would decide a claim; None where it has them, or no number would do."""
    needed = verdict.seeds_for_matters
    if needed is None and verdict.detectable is None:
        needed = PILOT
    names = frozenset(".".join(place) for place in claim.asked_in)
    have = min((places[name].seeds for name in names if name in places), default=0)
    return Wish(verdict.claim, needed, names) if needed is not None and needed > have else None


def every_place(plan: Plan) -> dict[str, Place]:
    """Every study and family some run of which has been timed."""
    asked = {f"studies.{study.name}": study.trainings for study in plan.studies.values()}
    asked |= {f"families.{family.name}": family.trainings for family in plan.families.values()}
    found = {name: timed(plan, trainings) for name, trainings in asked.items()}
    return {name: place for name, place in found.items() if place is not None}


def timed(plan: Plan, trainings: Iterable[SeededRun]) -> Place | None:
    """The runs of a place with their seconds; one not yet trained takes as long as the others.

    None where none is trained.
    """
    trainings = list(trainings)
    took: dict[str, float] = {}
    for run, seed in (each for training in trainings for each in training.ids):
        record = glance(plan.results.run(run, seed))
        if record is not None and record.seconds is not None:
            took[run] = record.seconds
    if not took:
        return None
    usual = fmean(took.values())
    seconds = {each.run.name: took.get(each.run.name, usual) for each in trainings}
    return Place(min(len(each.seeds) for each in trainings), seconds)


def overlay(plan: Plan, advised: list[Advised]) -> str:
    """An overlay for --configfile that asks for these seeds, also where a row has its own."""
    most: dict[str, int] = {}
    for step in advised:
        for place in step.places:
            most[place] = max(step.seeds, most.get(place, 0))
    lines = []
    for kind in ("studies", "families"):
        of_kind = {p.partition(".")[2]: n for p, n in most.items() if p.startswith(f"{kind}.")}
        lines += [f"{kind}:"] if of_kind else []
        for name, count in of_kind.items():
            asked = getattr(plan.config, kind)[name]
            seeds = raised(asked.seeds or plan.config.seeds, count)
            rows = [
                f"{json.dumps(row)}: {{seeds: {raised(of_row.seeds, count)}}}"
                for row, of_row in getattr(asked, "rows", {}).items()
                if of_row.seeds
            ]
            among = f", rows: {{{', '.join(rows)}}}" if rows else ""
            lines.append(f"  {name}: {{seeds: {seeds}{among}}}")
    return "\n".join(lines)


def raised(asked: list[int], count: int) -> str:
    """The seeds that are asked for and as many more as make up the count, as a config has them."""
    more = [seed for seed in range(count) if seed not in asked]
    return spelled(sorted([*asked, *more[: max(0, count - len(asked))]]))
