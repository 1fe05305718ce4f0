"""When Snakemake's jobs ran, from the metadata that it keeps of every output."""

import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ablate.launch.client import PLACE
from ablate.planning import requests


@dataclass(frozen=True)
class Job:
    """A finished job: from its submission until its last output was written."""

    rule: str
    command: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def training_seconds(self, folder: Path) -> float:
        """Of a training in the project's `folder`: the seconds that its training.json says."""
        words = shlex.split(self.command)
        asked = requests.read(folder / words[words.index("--request") + 1])
        return json.loads((folder / asked.record).read_text())["seconds"]

    def again(self, folder: Path, launcher: str) -> float:
        """Do the job again, as Snakemake did; the seconds from its start to its exit.

        launcher: where the process listens that forks it; empty for a Python of its own.
        """
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(folder / "workflow"),
            "OMP_NUM_THREADS": "1",
            PLACE: launcher,
        }
        began = time.perf_counter()
        subprocess.run(self.command, shell=True, check=True, cwd=folder, env=environment)
        return time.perf_counter() - began


def jobs(folder: Path) -> list[Job]:
    """The jobs that made what lies in a project's folder, by their start."""
    found: dict[str, Job] = {}
    for path in (folder / ".snakemake" / "metadata").rglob("*"):
        if path.is_file():
            said = json.loads(path.read_text())
            command, start, end = said["shellcmd"], said["starttime"], said["endtime"]
            one = found.get(command)
            if one:
                start, end = min(start, one.start), max(end, one.end)
            found[command] = Job(said["rule"], command, start, end)
    return sorted(found.values(), key=lambda job: job.start)


def covered(jobs: list[Job]) -> float:
    """Seconds during which at least one of the jobs ran."""
    total, until = 0.0, float("-inf")
    for job in sorted(jobs, key=lambda job: job.start):
        total += max(0.0, job.end - max(job.start, until))
        until = max(until, job.end)
    return total
