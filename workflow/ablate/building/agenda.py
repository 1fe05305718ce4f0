"""What Snakemake is told of a plan: each job's inputs and request, and what the whole report is.

All that the rule files know of products goes through here; nothing here knows Snakemake.
"""

import os
import re
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from ablate.building import alone, attempts, leftovers, memory, monitors, stopping
from ablate.errors import AblateError
from ablate.paths import TrainingId
from ablate.planning import code, requests, work
from ablate.planning.plan import Plan
from ablate.planning.products import Products, networks
from ablate.planning.staleness import Staleness

MOST_NAMED = 20
OUTDATED = Path(".snakemake", "outdated")
LONGEST = 255  # bytes of a file's name


class Agenda:
    """A plan, its products, and what of them has to be made.

    Raises:
        AblateError: the config is wrong.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        code.remember(code.MEMORY)
        self.plan = Plan(config)
        self.results = self.plan.results
        self.look()
        self._lock = None
        self._marks: dict[str, Path] = {}

    def look(self) -> None:
        """Look at what there is."""
        self.products = Products(self.plan)
        self.staleness = Staleness(self.products)

    def begin(self) -> bool:
        """Begin a build: wait until no other is at work, look again, clear what it left.

        Gives whether it has begun with this call.

        Raises:
            AblateError: the results cannot be written, or Ctrl-C ended the wait.
        """
        if self._lock is not None:
            return False
        self._lock, waited = alone.awaited(self.results)
        monitors.appear()
        stopping.watch()
        if waited:
            self.look()
        leftovers.clear(self.plan, self.staleness)
        leftovers.set_back(self._files())
        return True

    def keep_builds_out(self) -> None:
        """Let no build begin while this process removes results.

        Raises:
            AblateError: there is one at work.
        """
        self._lock = alone.taken(self.results)

    def anything_due(self) -> bool:
        """Whether any product has to be made."""
        return any(self.staleness.due(name) for name in self.products.names())

    def inputs(self, product: str, forced: bool = False, whole: bool = False) -> dict[str, bool]:
        """The inputs of a job, each with whether it brings news.

        An input that stays as it is brings none, whatever its file's time. It is left out, so that
        nobody looks at its own jobs: of ten thousand finished runs that would take a minute. What
        the job reads stands in its request. Images that are packed anew are named, but as a run
        follows them by their digest, not by the packing, they are news to what is due itself alone.
        (To Snakemake they must not be ancient then: of a job behind one that will run it never asks
        whether it is outdated.) So is the trial of the networks, which decides no bit. A finished
        run has no inputs: its record says which images it saw, and losing their manifest must not
        train it again. One that is due waits until every network is known to take the images.

        Args:
            product: what the job makes.
            forced: whether all is to be made again.
            whole: whether to name the inputs that bring no news too.

        Raises:
            AblateError: it is a finished run that was damaged: training it again is the user's to
                say, since what is left of it goes.
        """
        asked = self.products[product]
        if not (forced or whole) and product in self.staleness.damaged:
            raise AblateError(self._on_damage())
        if product.startswith("runs/") and not (forced or self.staleness.due(product)):
            return {}
        found: dict[str, bool] = {}
        files = asked.inputs
        if product.startswith("runs/") and self._tries_networks:
            files = {**files, self.results.networks: networks.NAME}
        for path, made in files.items():
            anew = forced or self.staleness.due(made)
            if anew or whole:
                decides = made not in ("data", networks.NAME)
                found[str(path)] = anew and (decides or self.staleness.due(product))
        return found

    def awaits_images(self, product: str) -> bool:
        """Whether only the images, packed anew, will say which finished runs a product needs anew.

        Images that are merely gone are no such case: they are taken to be the same.

        Raises:
            AblateError: one of these runs was damaged, as `inputs` says.
        """
        if self.staleness.reason("data") is None or not self.staleness.finished():
            return False
        behind = self.products.behind(product)
        if not behind.isdisjoint(self.staleness.damaged):
            raise AblateError(self._on_damage())
        return "data" in behind and product != "data"

    def mark(self, product: str) -> str | None:
        """A file newer than a product that is not as it should be, named for the reason; or None.

        Snakemake's own memory of what made a file is lost with .snakemake; the products' records
        are not, and by this file they reach it.
        """
        staleness = self.staleness
        reason = staleness.reason(product) or staleness.wish(product) or self._loss(product)
        if reason is None:
            return None
        path = self._mark_of(reason)
        newest = self.staleness.written(product)
        if newest >= path.stat().st_mtime:
            # The clock was ahead when the product was made.
            os.utime(path, (newest + 1, newest + 1))
        return str(path)

    def _mark_of(self, reason: str) -> Path:
        """A new file that is named for a reason, alone in its folder.

        Snakemake lists a folder once, and takes what appears in it later for missing.
        """
        if reason not in self._marks:
            folder = OUTDATED / str(len(self._marks) + 1)
            folder.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"[^\w .,:()+-]", "-", reason).encode()[:LONGEST].decode(errors="ignore")
            path = self._marks[reason] = folder / name
            # Never the same content twice: Snakemake ignores a newer file of a known checksum.
            path.write_text(str(time.time_ns()), encoding="utf-8")
        return self._marks[reason]

    def request(self, product: str, write: bool = True) -> str:
        """The file that says what a job is asked for."""
        request = requests.of(self.products[product], self.results)
        return str(requests.write(request) if write else requests.place(request))

    def memory_mb(self, product: str, on_gpu: bool) -> int:
        """The main memory that a training asks for: more after each attempt that was killed."""
        run, seed = TrainingId.parse(product)
        killed = attempts.read(self.results.state(run, seed)).silent
        return memory.needed_mb(self.plan.runs[run].run, self.plan.data, on_gpu) * 2**killed

    def everything(self, made: bool = False) -> list[str]:
        """The whole report: what nothing else is made from, and what has lost some of its files.

        The rest is reached from there; a thousand files by name would cost seconds.

        Args:
            made: leave out what is not made yet: a report is of what there is.
        """
        kinds = ("findings", "tables", "figures", "report")
        shown = [name for kind in kinds for name in self.products.of_kind(kind)]
        if made:
            return [str(self.products[n].outputs[0]) for n in shown if self.staleness.whole(n)]
        last = [self.products[name].outputs[0] for name in shown]
        names = [name for name in self.products.names() if self._restores(name)]
        lost = [path for name in names for path in self.staleness.remains(name)]
        return [str(path) for path in dict.fromkeys((*last, *lost))]

    def _loss(self, product: str) -> str | None:
        """That some files of a product are gone and are made again; else None."""
        lost = self.staleness.remains(product) and self._restores(product)
        return "files: some are gone" if lost else None

    def _restores(self, name: str) -> bool:
        """Whether what a product has lost is made again: a partial report trains nothing."""
        kind, _, run = name.partition("/")
        if not self.plan.config.partial or kind not in ("runs", "metrics"):
            return True
        return kind == "metrics" and not self.staleness.due(f"runs/{run}")

    def work(self, write: bool = True) -> str:
        """The file that says how much there is to train, for a machine that has no GPU."""
        return str(work.write(work.of_all_runs(self.plan)) if write else work.PLACE)

    def trained_on_others(self) -> int:
        """How many finished runs were trained on other images than are packed now."""
        reasons = Staleness(self.products).outdated().values()
        return sum(reason.startswith("data:") for reason in reasons)

    def _on_damage(self) -> str:
        damaged = self.staleness.damaged
        lines = [
            f"{self.products[name].record.parent}: {damage}"
            for name, damage in [*damaged.items()][:MOST_NAMED]
        ]
        more = len(damaged) - len(lines)
        lines += [f"and {more} more"] if more else []
        return "\n".join(
            [
                "these finished runs are no longer as their trainings wrote them:",
                *lines,
                "Bring the files back, from a copy or merged from an export, or remove the "
                "folders: then these runs, and no others, are trained again.",
            ]
        )

    @cached_property
    def _tries_networks(self) -> bool:
        return networks.needed(self.plan)

    def _files(self) -> Iterator[Path]:
        return (path for name in self.products.names() for path in self.products[name].files)
