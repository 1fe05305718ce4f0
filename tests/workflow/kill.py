"""Kills a build at random moments, starts it again with the same command, and compares bit for bit.

`python tests/workflow/kill.py --moments 100`: a study of two runs is built again and again. At
random moments the training processes, Snakemake, or the whole process group get kill -9; then the
same command is given again. A build that is complete is compared with one that was never
interrupted, and the next one begins. Exits with 1 unless everything was the same and nothing lost.
"""

import argparse
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import ministudy
import psutil

TRAINING = "ablate.steps.train"
KINDS = ("training", "snakemake", "group")
# A build is left to finish after so many kills at most.
KILLS = 6
EPOCH = re.compile(r"^epoch (\d+) of \d+:", re.M)
RESUMED = re.compile(r"^resumed at step (\d+) of (\d+)", re.M)
STEPS_AN_EPOCH = 8


@dataclass
class Count:
    """What came of the moments tried."""

    moments: Counter = field(default_factory=Counter)
    during: Counter = field(default_factory=Counter)
    builds: int = 0
    identical: int = 0
    resumed: int = 0
    most_steps_lost: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"moments tried: {self.moments.total()} ({_listed(self.moments)})",
            f"processes at work at those moments: {_listed(self.during)}",
            f"builds completed: {self.builds}, identical to an uninterrupted one: {self.identical}",
            f"trainings resumed: {self.resumed}, most steps lost by one: {self.most_steps_lost}"
            f" (an epoch has {STEPS_AN_EPOCH})",
            f"losses: {len(self.wrong)}",
        ]
        return "\n".join([*lines, *(f"  {line}" for line in self.wrong)])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100, help="kills to try")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--folder", type=Path, help="where to build, kept afterwards")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as own:
        began = time.monotonic()
        folder = arguments.folder or Path(own)
        whole = ministudy.built(folder / "uninterrupted")
        count = tried(folder, arguments.moments, random.Random(arguments.seed), whole)
        print(f"{count}\n{time.monotonic() - began:.0f} s")
    return 1 if count.wrong else 0


def tried(folder: Path, moments: int, draw: random.Random, whole: ministudy.Built) -> Count:
    """Try so many moments, in as many builds as it takes; each has to equal `whole`."""
    count = Count()
    while count.moments.total() < moments:
        root = ministudy.unbuilt(whole.project, folder / f"build{count.builds}").root
        left = min(KILLS, moments - count.moments.total())
        Killed(root, draw, count, whole.seconds).build(left)
        wrong = ministudy.differences(whole.outcome, ministudy.outcome(root))
        wrong += [f"left over: {path}" for path in ministudy.leftovers(root)]
        count.wrong += [f"build {count.builds}: {reason}" for reason in wrong]
        count.builds += 1
        count.identical += not wrong
    return count


class Killed:
    """One build that is killed again and again, and started again."""

    def __init__(self, root: Path, draw: random.Random, count: Count, length: float) -> None:
        self.root = root
        self.draw = draw
        self.count = count
        self.length = length
        self.steps: Counter = Counter()
        self.logs: dict[Path, str] = {}
        self.starts = 0

    def build(self, kills: int) -> None:
        """Come to the end, through at most so many kills."""
        while not self.ends(kills):
            kills -= 1

    def ends(self, kills: int) -> bool:
        """Start; whether the build came to its end rather than was killed."""
        self.starts += 1
        said = self.root / f"said{self.starts}"
        with started(self.root, said) as build:
            killed = kills > 0 and self.kill(build)
            # One whose training alone was killed goes on with the others, then fails.
            code = build.wait()
        self.note_progress()
        if not killed and code:
            self.count.wrong.append(f"{self.root}: start {self.starts} failed, see {said}")
        return not killed

    def kill(self, build: subprocess.Popen) -> bool:
        """Kill at a random moment; False if the build, or its trainings, were over before."""
        kind = KINDS[self.count.moments.total() % len(KINDS)]
        if kind == "training":
            self.sleep(build, until=lambda: trainings(build))
            # Half of them as soon as there is a state: a training as short as these is over soon
            # after it.
            if self.count.moments[kind] % 2:
                self.sleep(build, self.draw.uniform(0, 0.5 * self.length))
            else:
                self.sleep(build, until=lambda: self.has_state() and trainings(build))
            victims = trainings(build)
        else:
            self.sleep(build, self.draw.uniform(0, self.length))
            victims = [psutil.Process(build.pid)] if build.poll() is None else []
        at_work = steps_at_work(build)
        if not victims:
            return False
        if kind == "group":
            os.killpg(build.pid, signal.SIGKILL)
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        self.count.moments[kind] += 1
        self.count.during.update(at_work or ["Snakemake alone"])
        return True

    def sleep(self, build: subprocess.Popen, seconds: float = 60, until=lambda: False) -> None:
        """Sleep so long, or until a condition holds or the build is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and build.poll() is None and not until():
            time.sleep(0.02)

    def has_state(self) -> bool:
        """Whether a training has saved its state."""
        return any((self.root / ministudy.RESULTS / "state").glob("*/*/*.state"))

    def note_progress(self) -> None:
        """Read in the logs how far each training has come, and what a resumed one had lost."""
        for log in (self.root / ministudy.RESULTS / "logs" / "train").glob("*/*.log"):
            text = log.read_text(errors="replace")
            before, self.logs[log] = self.logs.get(log, ""), text
            # A log keeps earlier attempts: what is new stands below them, or in their place.
            new = text.removeprefix(before)
            resumed = RESUMED.search(new)
            start = int(resumed.group(1)) if resumed else 0
            epochs = [int(number) for number in EPOCH.findall(new)]
            anew = bool(resumed) or not before or not text.startswith(before)
            if anew and (resumed or epochs):
                self.count.resumed += bool(resumed)
                lost = self.steps[log] - start
                self.count.most_steps_lost = max(self.count.most_steps_lost, lost)
            done = [start, *(STEPS_AN_EPOCH * epoch for epoch in epochs)]
            self.steps[log] = max(done) if anew else max(self.steps[log], *done)


@contextlib.contextmanager
def started(root: Path, said: Path):
    """The one documented command, in a process group of its own; what it starts is killed after."""
    with said.open("w") as file:
        build = subprocess.Popen(
            ministudy.COMMAND,
            cwd=root,
            env=ministudy.ENVIRONMENT,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield build
    finally:
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
            build.wait()


def trainings(build: subprocess.Popen) -> list[psutil.Process]:
    """The training processes of a build."""
    return [process for process in below(build) if TRAINING in words(process)]


def steps_at_work(build: subprocess.Popen) -> list[str]:
    """The steps that a build's processes carry out now."""
    found = []
    for process in below(build):
        named = [word for word in words(process) if word.startswith("ablate.steps.")]
        found += [named[-1].rpartition(".")[2]] if named else []
    return found


def below(build: subprocess.Popen) -> list[psutil.Process]:
    """The processes under a build, shells left out."""
    try:
        found = psutil.Process(build.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [process for process in found if words(process)[:1] != ["/usr/bin/bash"]]


def words(process: psutil.Process) -> list[str]:
    """A process's command line; nothing of one that is gone."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _listed(counter: Counter) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counter.items())) or "none"


if __name__ == "__main__":
    sys.exit(main())
