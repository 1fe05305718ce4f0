"""`ablate reproduce`: train a small slice of a reference anew, and compare it epoch by epoch."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from ablate import invocation
from ablate.commands import reference
from ablate.commands.terminal import grid, say
from ablate.errors import AblateError
from ablate.paths import Results, TrainingId
from ablate.planning.plan import Plan
from ablate.planning.planned import PlannedStudy
from ablate.runs import history
from ablate.runs.record import Record

SLICE = 2  # runs, of one study
# What a processor computes; the time that it took is left out.
COMPARED = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Repetition:
    """A run beside its repetition.

    Attributes:
        epochs: how many both have; alike: how many of them, from the first on, are the same.
        best: highest test accuracy, percent, of the reference and here.
        apart: the largest difference of test accuracy in any epoch, percentage points.
        machines: what trained them: device and versions of torch.
    """

    name: str
    epochs: int
    alike: int
    best: tuple[float, float]
    apart: float
    machines: tuple[list[str], list[str]]

    @property
    def identical(self) -> bool:
        """Whether every epoch is the same to the last digit."""
        return self.alike == self.epochs


def show(plan: Plan, folder: Path, console: Console) -> int:
    """Train the cheapest two runs of a study anew and print how they compare.

    1 if they differ although the machine is of the same kind; else 0.

    Args:
        plan: with a results folder of its own.
        folder: what `ablate publish` wrote, or a results tree.

    Raises:
        AblateError: nothing in the reference is of this plan, or training failed.
    """
    with reference.opened(folder) as there:
        chosen = cheapest(plan, there)
        minutes = sum(record.seconds for record in chosen.values()) / 60
        say(
            console,
            f"Training {', '.join(map(str, chosen))} anew; the reference took {minutes:.0f} "
            f"minutes on {next(iter(chosen.values())).device}.",
        )
        _train(plan, list(chosen))
        found = [beside(each, there, plan.results) for each in chosen]
    table = grid(["run"], ["reference", "here", "epochs alike", "most apart"])
    for one in found:
        best = [f"{value:.2f}" for value in one.best]
        table.add_row(one.name, *best, f"{one.alike} of {one.epochs}", f"{one.apart:.2f}")
    console.print(table)
    say(console, said(found, folder))
    return int(any(not one.identical and one.machines[0] == one.machines[1] for one in found))


def said(found: list[Repetition], folder: Path) -> str:
    """What came of it beside the reference in `folder`, in a sentence or two."""
    if all(one.identical for one in found):
        return "Identical: every loss and accuracy of every epoch, to the last digit."
    before, after = ("; ".join(side) for side in found[0].machines)
    if before == after:
        return f"NOT the same, although both were trained on {before}."
    return (
        f"Not bit for bit the same: the reference was trained on {before}, this on {after}, and "
        "processors and versions of torch round differently. How far runs scatter is known to: "
        f"{invocation.ablate('compare', str(folder))}"
    )


def cheapest(plan: Plan, there: Results) -> dict[TrainingId, Record]:
    """The cheapest two finished runs of one study of the plan, by name, with their records.

    Raises:
        AblateError: the reference holds none of the plan's runs.
    """
    slices = [_finished(there, study)[:SLICE] for study in plan.studies.values()]
    best = min(slices, key=lambda one: (-len(one), sum(record.seconds for _, record in one)))
    if not best:
        raise AblateError(
            f"{there.root}: holds no run of preset {plan.config.preset}; its runs are listed by: "
            f"{invocation.ablate('status')}"
        )
    return dict(best)


def _finished(there: Results, study: PlannedStudy) -> list[tuple[TrainingId, Record]]:
    """The finished runs of a study that did not diverge, the cheapest first."""
    ids = {each for training in study.trainings for each in training.ids}
    folders = {each: there.run(*each) for each in sorted(ids)}
    records = {n: Record.read(f) for n, f in folders.items() if (f / Record.NAME).exists()}
    found = [(each, record) for each, record in records.items() if not record.diverged]
    return sorted(found, key=lambda one: one[1].seconds)


def _train(plan: Plan, trainings: list[TrainingId]) -> None:
    targets = [str(plan.results.metrics(*each)) for each in trainings]
    options = shlex.split(invocation.options())
    command = [sys.executable, "-m", "snakemake", "--cores", "all", *options, "--", *targets]
    with _begun(command) as (snakemake, told):
        failed = snakemake.wait()
    if told:
        raise AblateError("interrupted; the same command goes on from what is saved")
    if failed:
        raise AblateError("the slice could not be trained: see Snakemake's message above")


@contextmanager
def _begun(command: list[str]) -> Iterator[tuple[subprocess.Popen, list[int]]]:
    """Snakemake at work, and the signals that came: they stop it, and not this command.

    It has trainings to save. Ctrl-C reaches both from the terminal, all others only us.
    """
    started: list[subprocess.Popen] = []
    told: list[int] = []

    def stop(number: int, frame: object = None) -> None:
        told.append(number)
        for snakemake in started if number != signal.SIGINT else ():
            snakemake.send_signal(number)

    # What is ignored (nohup) stays so.
    heard = [n for n in STOPS if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        with subprocess.Popen(command) as snakemake:
            missed = [*told]
            started.append(snakemake)
            for number in missed:
                stop(number)
            yield snakemake, told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def beside(training: TrainingId, there: Results, here: Results) -> Repetition:
    """A run of the reference and the one here.

    Raises:
        AblateError: they stand on different images, or a file is damaged.
    """
    folders = [results.run(*training) for results in (there, here)]
    records = [Record.read(folder) for folder in folders]
    if records[0].data != records[1].data:
        raise AblateError(
            f"{training}: the reference was trained on other images (data {records[0].data[:12]}, "
            f"here {records[1].data[:12]}): docs/data.md says how to bring the same"
        )
    before, after = (history.read(folder) for folder in folders)
    epochs = min(len(before["epoch"]), len(after["epoch"]))
    same = np.all(
        [
            np.isclose(before[key][:epochs], after[key][:epochs], rtol=0, atol=0, equal_nan=True)
            for key in COMPARED
        ],
        axis=0,
    )
    accuracy = [found["test_accuracy"][:epochs] for found in (before, after)]
    return Repetition(
        name=str(training),
        epochs=epochs,
        alike=int(np.argmin(same)) if not same.all() else epochs,
        best=(float(np.nanmax(accuracy[0])), float(np.nanmax(accuracy[1]))),
        apart=float(np.nanmax(np.abs(accuracy[0] - accuracy[1]))),
        machines=(records[0].machines, records[1].machines),
    )
