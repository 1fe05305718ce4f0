"""`ablate status`: what is done, what is due and what is outdated."""

from collections import Counter

from rich.console import Console

from ablate.commands.live import show as show_live
from ablate.commands.terminal import grid, say
from ablate.findings.stored import Findings
from ablate.findings.words import counted
from ablate.planning import acceptance
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedStudy
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs.glance import glance

# How many products are named that one reason outdates; `ablate plan --runs` names every run.
NAMED = 8


def show(plan: Plan, console: Console, live: bool = False) -> int:
    """Print one line a study, then why what is outdated is so. Always 0.

    live: instead show the build that is at work, for as long as one looks.
    """
    if live:
        return show_live(plan, console)
    products = Products(plan)
    staleness = Staleness(products)
    table = grid(
        ["study", "table"],
        ["runs", "done", "due", "outdated"],
        title=f"preset {plan.config.preset}, in {plan.results.root}",
    )
    for study in plan.studies.values():
        states = Counter(state(staleness, run) for run in runs_of(study))
        made = state(staleness, f"tables/{study.name}")
        counts = (states["done"], states["due"], states["outdated"])
        table.add_row(study.name, made, str(sum(states.values())), *map(str, counts))
    console.print(table)
    for study, sentence in answers(plan, staleness).items():
        say(console, f"{study}: {sentence}")
    for reason, names in by_reason(staleness.outdated()).items():
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        say(console, f"outdated, {reason}: {', '.join(names[:NAMED])}{more}")
    accepted, ours = acceptance.accepted(plan.results), set(products.names())
    for name in filter(ours.__contains__, accepted):
        said = accepted[name]
        codes = f"from {said['from'][:12]} to {said['to'][:12]}"
        say(console, f"accepted on {said['when']}, though its code has changed {codes}: {name}")
    if eager := eager_runs(plan):
        say(
            console,
            f"{eager} on a GPU trained without a CUDA graph (their logs say why): that cost them "
            "time; their numbers are as right as any",
        )
    return 0


def by_reason(outdated: dict[str, str]) -> dict[str, list[str]]:
    """What is outdated, by the reason: one change outdates many."""
    found: dict[str, list[str]] = {}
    for name, reason in outdated.items():
        found.setdefault(reason, []).append(name)
    return found


def eager_runs(plan: Plan) -> str:
    """How many finished runs took their steps on CUDA one kernel at a time; empty for none."""
    records = [glance(plan.results.run(*each)) for each in plan.trainings()]
    count = sum(r is not None and r.device_type == "cuda" and r.graphed is False for r in records)
    return counted(count, "run") if count else ""


def answers(plan: Plan, staleness: Staleness) -> dict[str, str]:
    """What each study answers, in a sentence; nothing where the answers are not up to date."""
    if staleness.missing("findings") or staleness.reason("findings"):
        return {}
    found = Findings.read(plan.results.tables)
    return {study: answer.sentence for study, answer in found.answers.items()}


def state(staleness: Staleness, name: str) -> str:
    """One of done, due, outdated."""
    if staleness.reason(name) is not None:
        return "outdated"
    return "due" if staleness.due(name) else "done"


def runs_of(study: PlannedStudy) -> list[str]:
    """The names of the run products that a study shows, each once."""
    return list(dict.fromkeys(f"runs/{each}" for one in study.trainings for each in one.ids))
