"""`ablate accept`: take results as they are, though the code that made them has changed since.

For a change that is known to be harmless: what it outdates need not be trained or made again. What
was accepted, when, and from which code stays on record, and `ablate status` shows it.
"""

from rich.console import Console

from ablate import invocation
from ablate.building import alone
from ablate.commands.terminal import say
from ablate.planning import acceptance
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import CODE, Staleness


def show(plan: Plan, console: Console, write: bool = False) -> int:
    """List what is outdated by a change of code alone, and accept it if asked. Always 0.

    Raises:
        AblateError: it is to be accepted while a build is at work.
    """
    staleness = Staleness(Products(plan))
    found = {name: why for name, why in staleness.outdated().items() if why.startswith(CODE)}
    others = len(staleness.outdated()) - len(found)
    for name, reason in found.items():
        say(console, f"{name}: {reason}")
    if write and found:
        with alone.taken(plan.results):
            for name in found:
                was, modules = staleness.recorded_code(name), staleness.modules_now(name)
                acceptance.accept(plan.results, name, str(was), modules)
    verb = "accepted" if write else f"could be accepted ({invocation.ablate('accept', '--write')})"
    say(console, f"{len(found)} outdated by a change of code {verb}")
    if others:
        say(console, f"{others} outdated for other reasons: {invocation.ablate('status')}")
    return 0
