"""`ablate prune`: runs that nothing in config.yaml shows any more; weights that no figure draws."""

import contextlib
from pathlib import Path

from rich.console import Console

from ablate import invocation, locks
from ablate.building import alone
from ablate.commands.terminal import say
from ablate.files import remove_tree
from ablate.findings.words import counted
from ablate.paths import Results, TrainingId
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness


def show(plan: Plan, console: Console, remove: bool = False, weights: bool = False) -> int:
    """List the runs that nothing shows, or weights that no figure draws; remove them if asked.

    A finished run counts as finished without its weights; a figure that is added later and draws
    them has the run trained again. Always 0.

    Raises:
        AblateError: they are to be removed while a Snakemake builds these results: what it builds
            need not be what config.yaml says now.
    """
    with alone.taken(plan.results) if remove else contextlib.nullcontext():
        (_show_weights if weights else _show_runs)(plan, console, remove)
    return 0


def _show_runs(plan: Plan, console: Console, remove: bool) -> None:
    idle, training = unshown(plan)
    for each in training:
        say(console, f"in training, kept: {plan.results.run(*each)}")
    for each in idle:
        folder = plan.results.run(*each)
        say(console, f"{size_of(folder) / 1e6:9.1f} MB  {folder}")
        if remove:
            discard(plan.results, each)
    total = "removed" if remove else f"to remove: {invocation.ablate('prune', '--remove')}"
    say(console, f"{counted(len(idle), 'run')} that nothing shows ({total})")


def _show_weights(plan: Plan, console: Console, remove: bool) -> None:
    spare = [path for path in undrawn(plan) if path.exists()]
    for path in spare:
        say(console, f"{path.stat().st_size / 1e6:9.1f} MB  {path}")
        if remove:
            path.unlink()
    command = invocation.ablate("prune", "--weights", "--remove")
    total = "removed" if remove else f"to remove: {command}"
    say(console, f"the weights of {counted(len(spare), 'run')} that no figure draws ({total})")


def undrawn(plan: Plan) -> list[Path]:
    """The checkpoints of finished runs that no figure draws."""
    products, drawn = Products(plan), {f"runs/{run}" for run in plan.drawn}
    finished = Staleness(products).finished()
    return [products[name].outputs[0] for name in finished if name not in drawn]


def unshown(plan: Plan) -> tuple[list[TrainingId], list[TrainingId]]:
    """The finished and half-finished trainings that no study shows: idle ones, and ones that a
    process carries out right now."""
    found = {
        TrainingId.parse(str(folder))
        for kind in ("runs", "state")
        for folder in (plan.results.root / kind).glob("*/seed*")
    }
    spare = sorted(found - set(plan.trainings()))
    busy = [each for each in spare if locks.Lock(plan.results.state(*each) / locks.NAME).is_held()]
    return [each for each in spare if each not in busy], busy


def discard(results: Results, training: TrainingId) -> None:
    """Remove a run, its unfinished state, its records, and what was accepted of it."""
    of_run, of_metrics = (f"{kind}/{training}" for kind in ("runs", "metrics"))
    accepted = map(results.acceptance, (of_run, of_metrics))
    for record in (results.record(of_metrics), *accepted):
        record.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            # Where it was the run's only seed.
            record.parent.rmdir()
    for path in (results.run(*training), results.state(*training)):
        remove_tree(path)


def size_of(folder: Path) -> int:
    """Bytes in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
