"""`ablate advise`: which seeds would decide which claims, and what they cost on this device."""

from rich.console import Console

from ablate.commands.grid import grid
from ablate.findings.advice import PILOT, Ask, Step, Wish, steps
from ablate.findings.record import Findings
from ablate.paths import Results
from ablate.planning.plan import Plan, PlannedStudy
from ablate.runs.glance import glance

HOUR = 3600


def show(plan: Plan, console: Console, hours: float | None = None) -> int:
    """Print the seeds that would decide most claims, and the YAML for them. Always 0.

    Raises:
        AblateError: findings.json is absent or damaged.
    """
    found = Findings.read(plan.results.tables)
    asks = [ask for study in plan.studies.values() if (ask := asked(plan, study, found))]
    advised = steps(asks, None if hours is None else hours * HOUR)
    if not advised:
        console.print("No undecided claim can be decided" + within(hours) + ".", highlight=False)
        return 0
    table = grid(["study", "claims"], ["seeds a row", "hours", "hours in all"])
    total = 0.0
    for step in advised:
        total += step.seconds
        hours_of = [f"{seconds / HOUR:.1f}" for seconds in (step.seconds, total)]
        table.add_row(step.study, ", ".join(step.claims), str(step.seeds), *hours_of)
    console.print(table)
    console.print(
        "Seeds for 80 % power at each claim's own margin, after Holm. Fix the number in advance: "
        "seeds added until a test comes out make it come out too often. Where nothing tells how "
        f"far runs scatter, {PILOT} seeds come first.",
        soft_wrap=True,
        highlight=False,
    )
    console.print(overlay(advised), highlight=False, markup=False, soft_wrap=True)
    return 0


def within(hours: float | None) -> str:
    """For so many hours, in words."""
    return "" if hours is None else f" within {hours:g} hours"


def asked(plan: Plan, study: PlannedStudy, found: Findings) -> Ask | None:
    """A study with claims that more seeds would decide; None without."""
    verdicts = found.of_study(study.name)
    undecided = [one for one in verdicts if one.verdict == "undecided" and one.links]
    seeds = min((len(row.training.seeds) for row in study.rows.values()), default=0)
    wishes = []
    for verdict in undecided:
        needed = verdict.seeds_for_matters
        if needed is None and verdict.detectable is None:
            needed = PILOT
        if needed is not None and needed > seeds:
            wishes.append(Wish(verdict.claim, needed))
    taken = seconds(plan.results, study)
    return Ask(study.name, seeds, taken, wishes) if wishes and taken else None


def seconds(results: Results, study: PlannedStudy) -> float:
    """What one seed of each row of a study took, by the runs that are finished; runs count once."""
    taken = {}
    for row in study.rows.values():
        for seed in row.training.seeds:
            record = glance(results.run(row.training.run.name, seed))
            if record is not None and record.seconds is not None:
                taken[row.training.run.name] = record.seconds
    return sum(taken.values())


def overlay(advised: list[Step]) -> str:
    """An overlay for --configfile that asks for these seeds."""
    most: dict[str, int] = {}
    for step in advised:
        most[step.study] = max(step.seeds, most.get(step.study, 0))
    lines = [f"  {study}: {{seeds: {list(range(count))}}}" for study, count in most.items()]
    return "\n".join(["studies:", *lines])
