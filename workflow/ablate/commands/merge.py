"""`ablate merge`: take in finished runs of other results trees, or what export or publish wrote.

Each run proves itself: by its record and the digests in it, and by what the plan asks of it. What
is finished and up to date here is never overwritten; an outdated or damaged run is, and is named.
"""

from pathlib import Path

from rich.console import Console

from ablate import invocation
from ablate.building import alone
from ablate.commands.terminal import say
from ablate.errors import AblateError
from ablate.findings.words import counted
from ablate.planning import acceptance, claims
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import CODE, Staleness, chosen_then
from ablate.runs import travel
from ablate.runs.glance import Glance, glance


def show(plan: Plan, sources: list[Path], console: Console, accept: bool = False) -> int:
    """Take in what the plan asks for; name what is left out, and why. 1 if anything is, else 0.

    accept: take in what other code has trained too, and keep on record that it was accepted.

    Raises:
        AblateError: a source holds no runs, or is no folder and no archive; or a build of these
            results is at work.
    """
    with alone.taken(plan.results):
        merging = Merging(plan, accept)
        for source in sources:
            with travel.unpacked(source) as folder:
                runs = sorted(folder.glob("runs/*/seed*"))
                if not runs:
                    raise AblateError(_without_runs(source))
                for run in runs:
                    merging.take(f"runs/{run.parent.name}/{run.name}", run)
    for name, reason in merging.replaced:
        say(console, f"replaced: {name}: {reason}")
    for name, reason in merging.refused:
        say(console, f"left out: {name}: {reason}")
    if any(reason.startswith(CODE) for _, reason in merging.refused):
        again = invocation.ablate("merge", "--accept", *map(str, sources))
        say(console, f"If that change of code is known to be harmless: {again}")
    say(
        console,
        f"{counted(len(merging.taken), 'run')} taken in, {merging.there} already here, "
        f"{len(merging.refused)} left out",
    )
    if merging.taken and not plan.results.manifest.exists():
        say(
            console,
            "The images are not packed here, so whether these runs were trained on them could not "
            f"be checked: {invocation.snakemake(plan.results.manifest)} packs them, and "
            f"{invocation.ablate('status')} then names the runs that were not",
        )
    return 1 if merging.refused else 0


def _without_runs(source: Path) -> str:
    inside = [path.parent for path in sorted(source.glob("*/runs"))]
    hint = f"; did you mean {inside[0]}?" if inside else ""
    return f"{source} holds no runs, which would lie in runs/RUN/seedN{hint}"


class Merging:
    """What has been taken in so far, and what was left out, with the reason.

    Where no images are packed, the runs here say by which images the others are measured; where
    there is none, the first that is taken in.
    """

    def __init__(self, plan: Plan, accept: bool) -> None:
        self.results = plan.results
        self.accept = accept
        self.products = Products(plan)
        self.staleness = Staleness(self.products)
        self.asked = set(self.products.of_kind("runs"))
        self.finished = set(self.staleness.finished())
        self.weighed = claims.weighed(plan)
        self.images = {glance(self.products[name].record.parent).data for name in self.finished}
        self.taken: set[str] = set()
        self.there = 0
        self.replaced: list[tuple[str, str]] = []
        self.refused: list[tuple[str, str]] = []

    def take(self, name: str, source: Path) -> None:
        """Take in the run of this name from its folder, if it is asked for and not here."""
        if name in self.finished | self.taken:
            self.there += 1
            return
        reason = self._flaw(name, source)
        if self.accept and reason is not None and reason.startswith(CODE):
            self._accept(name, glance(source))
            reason = None
        if reason is None:
            if outdated := self.staleness.reason(name):
                self.replaced.append((name, outdated))
            travel.copy(source, self.products[name].record.parent, name in self.weighed)
            self.taken.add(name)
            self.images.add(glance(source).data)
        else:
            self.refused.append((name, reason))

    def _flaw(self, name: str, source: Path) -> str | None:
        """Why a run cannot be taken in; None if it can."""
        if name not in self.asked:
            return "nothing in the plan asks for it"
        product = self.products[name]
        try:
            travel.verify(source)
        except AblateError as error:
            return str(error)
        record = glance(source) or Glance()
        if self.images and record.data not in self.images:
            return "data: it was trained on other images than the runs here"
        return self.staleness.compare_training(product, record)

    def _accept(self, name: str, record: Glance) -> None:
        """Take the run of this record as if the code of now had trained it."""
        product = self.products[name]
        modules = product.modules_with(chosen_then(product, record.observers))
        acceptance.accept(self.results, name, str(record.code), modules)
