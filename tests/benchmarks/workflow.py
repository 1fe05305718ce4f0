"""What stands around training: planning, starting jobs, the demo from beginning to end."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from project import Project

from ablate.launch import starting
from ablate.launch.client import PLACE
from benchmarks import jobs
from benchmarks.jobs import Job
from benchmarks.rows import Measures

DRY_RUNS = {1: "under 2", 10: "under 5"}  # by number of seeds
IMPORTS = ("torch", "ablate.job.run", "ablate.planning.plan")
DEMO = ("--config", "preset=demo")
ONE_STUDY = "results/demo/tables/stem.csv"


def measure(out: Measures, cores: int, repeats: int, whole: bool) -> None:
    """Dry runs, imports, and the demo: all of it, or one study's table."""
    imports(out, repeats)
    with tempfile.TemporaryDirectory() as folder:
        dry_runs(out, Project.fresh(Path(folder, "dry")), repeats)
        project = Project.fresh(Path(folder, "demo"))
        demo(out, project, cores, whole)
        job(out, project, repeats)


def imports(out: Measures, repeats: int) -> None:
    """What a process pays before its first line of work, its byte code written."""
    for module in IMPORTS:
        command = [sys.executable, "-c", f"import {module}"]
        seconds = median(lambda command=command: subprocess.run(command, check=True), repeats)
        out.add("start-up", f"import {module}", seconds, "s", how=f"median of {repeats}")


def dry_runs(out: Measures, project: Project, repeats: int) -> None:
    """`snakemake -n` of the whole report at full scale, nothing of it done yet."""
    for seeds, target in DRY_RUNS.items():
        overlay = project.root / "seeds.yaml"
        overlay.write_text(json.dumps({"seeds": list(range(seeds))}))
        command = ("-n", "--quiet", "--cores", "8", "--configfile", overlay.name)
        seconds = median(lambda command=command: project.snakemake(*command), repeats)
        out.add("dry run", f"seeds: {seeds}", seconds, "s", target, f"median of {repeats}")


def demo(out: Measures, project: Project, cores: int, whole: bool) -> None:
    """Build the demo as `make demo` does, and say what each stage took."""
    using = ("--cores", str(cores))
    targets = () if whole else (ONE_STUDY,)
    built = seconds_of(lambda: project.snakemake(*targets, *using, *DEMO))
    how, aim = f"{cores} cores, environment set up", ""
    if whole:
        page = ("--report", "results/demo/report.html")
        bound = seconds_of(lambda: project.snakemake(*using, *DEMO, *page))
        out.add("demo", "make demo", built + bound, "s", "under 480, better 240", how)
        out.add("demo", "of that --report", bound, "s")
    else:
        out.add("demo", ONE_STUDY, built, "s", aim, how)
    ran = jobs.jobs(project.root)
    out.add("demo", "of that no job at work", built - jobs.covered(ran), "s", how="planning")
    stages(out, ran)
    beside_training(out, project, [job for job in ran if job.rule == "train"])
    if whole:
        restyled(out, project, using)


def restyled(out: Measures, project: Project, using: tuple[str, ...]) -> None:
    """All figures and tables, and what shows them, made anew, as after a change of their style."""
    for folder in ("figures", "tables"):
        shutil.rmtree(project.root / "results/demo" / folder)
    seconds = seconds_of(lambda: project.snakemake(*using, *DEMO))
    out.add("demo", "figures and tables anew", seconds, "s", how="no training")


def stages(out: Measures, ran: list[Job]) -> None:
    """The seconds of each rule's jobs, added up: on several cores more than the wall's."""
    for rule in dict.fromkeys(job.rule for job in ran):
        seconds = [job.seconds for job in ran if job.rule == rule]
        how = f"{len(seconds)} jobs, median {statistics.median(seconds):.2f} s"
        out.add("demo", f"rule {rule}, its jobs together", sum(seconds), "s", how=how)


def beside_training(out: Measures, project: Project, trained: list[Job]) -> None:
    """Of the training jobs' seconds, what is training and what is not."""
    inside = [job.training_seconds(project.root) for job in trained]
    beside = [job.seconds - seconds for job, seconds in zip(trained, inside, strict=True)]
    out.add("demo", "training itself, together", sum(inside), "s", how="by training.json")
    how = f"median of {len(beside)} jobs side by side, slowest {max(beside):.2f} s"
    out.add("demo", "a job beside its training", statistics.median(beside), "s", how=how)


def job(out: Measures, project: Project, repeats: int) -> None:
    """A training job alone on the machine, forked and with a Python of its own, less its training.

    The former is left out where ABLATE_LAUNCHER is set to nothing.
    """
    trained = [job for job in jobs.jobs(project.root) if job.rule == "train"][:repeats]
    how = f"median of {len(trained)} jobs, one after the other"
    with launcher() as place:
        if place:
            seconds = outside_training(project, trained, place)
            out.add("job", "outside training, forked", seconds, "s", "at most 0.5", how)
    seconds = outside_training(project, trained, "")
    out.add("job", "outside training, by itself", seconds, "s", how=how)


def outside_training(project: Project, trained: list[Job], place: str) -> float:
    """The median of the jobs' seconds from start to exit, less those of their training."""
    trained[0].again(project.root, place)  # it waits until the launcher has loaded
    root = project.root
    beside = [job.again(root, place) - job.training_seconds(root) for job in trained]
    return statistics.median(beside)


@contextlib.contextmanager
def launcher() -> Iterator[str]:
    """Where the process listens from which a build forks its jobs; empty where there is none."""
    server = starting.start()
    if server is None:
        yield ""
        return
    place = os.environ.pop(PLACE)
    try:
        yield place
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(Path(place).parent, ignore_errors=True)


def median(work: Callable[[], object], repeats: int) -> float:
    """The median of the seconds that `work` takes."""
    return statistics.median(seconds_of(work) for _ in range(repeats))


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
