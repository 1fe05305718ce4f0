"""How planning, tables and site grow with the number of finished runs: seconds and memory of each.

All is measured on copies of one run (see `grown`) in one study of ten seeds a row.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from project import Project

from benchmarks import grown
from benchmarks.rows import Rows, digits

RUNS = (10, 100, 1000, 10_000)
QUICK = (10, 100)
SEEDS = 10
# Each is a step of its own; what Snakemake adds to it is in the dry runs.
MADE = {
    "findings": "findings",
    f"tables/{grown.STUDY}": "table",
    f"figures/study_{grown.STUDY}": "figure",
    "report/index": "page",
}
# A process begins with its parent's memory, so one that is small starts what is measured.
WEIGHED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
DRY = ("-m", "snakemake", "-n", "--quiet", "--cores", "2")


@dataclass(frozen=True)
class Cost:
    """What a process took. memory_mb: the most that it, or one that it waited for, had at once."""

    seconds: float
    memory_mb: float


def measure(sizes: tuple[int, ...], conditions: Callable[[], dict[str, Any]], out: Rows) -> None:
    """Grow a project to each size and measure what is done with it; a row a size."""
    with tempfile.TemporaryDirectory() as folder:
        first = grown.first(Path(folder, "first"))
        for runs in sizes:
            project = first.copy(Path(folder, str(runs)))
            found = {"runs": runs, **measured(project, runs)}
            out.add(found | conditions())
            print("  ".join(f"{name}: {value}" for name, value in found.items()), flush=True)


def measured(project: Project, runs: int) -> dict[str, Any]:
    """Each measure by the name of its column; times in seconds, memory in MB, of the site MB."""
    rows = runs // SEEDS
    grown.write(project, grown.config(grown.rows(rows), SEEDS))
    grown.grow(project)
    project.snakemake()
    found = columns("nothing_to_do", cost(project, *DRY))
    grown.write(project, grown.config(grown.rows(rows, changed=True), SEEDS))
    found |= columns("one_row", cost(project, *DRY))
    grown.write(project, grown.config(grown.rows(rows), SEEDS))
    for product, step in MADE.items():
        command = ("-m", f"ablate.steps.{step}", "--request", request(project, product))
        found |= columns(step, cost(project, *command))
    site = project.root / grown.RESULTS / "report/index.html"
    return found | {"site_mb": digits(site.stat().st_size / 1e6, 2)}


def columns(name: str, taken: Cost) -> dict[str, str]:
    """A cost as two columns."""
    return {f"{name}_s": digits(taken.seconds, 3), f"{name}_mb": digits(taken.memory_mb, 3)}


def request(project: Project, product: str) -> str:
    """The file that the build wrote for a product."""
    ask = (
        "import sys; from ablate.building.agenda import Agenda;"
        "from ablate.settings import written;"
        "print(Agenda(written.read('config.yaml')).request(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask, product],
        cwd=project.root,
        env=environment(project),
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout.strip()


def cost(project: Project, *command: str) -> Cost:
    """What a Python command costs in the project.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WEIGHED, sys.executable, *command],
        cwd=project.root,
        env=environment(project),
        text=True,
        capture_output=True,
        check=True,
    )
    return Cost(time.perf_counter() - began, int(done.stdout) * 1024 / 1e6)


def environment(project: Project) -> dict[str, str]:
    """As a rule of the project gives it to its steps."""
    return {**os.environ, "PYTHONPATH": str(project.root / "workflow"), "OMP_NUM_THREADS": "1"}
