"""Measure how fast ablate is, and write results/bench/*.csv.

Parts: throughput (training, ours and three peers), bf16 (whether it pays on this device),
neighbours (how many runs at a time train most together), workflow (dry runs, jobs, observers, the
demo), report (the seconds of the whole report's trainings, from a slice of each), growth (planning,
tables and site of up to 10,000 finished runs), layout (fp32 in either layout of memory, with and
without a search for kernels: for a GPU). All of them unless some are named; report, growth and
layout only where named.
"""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

import torch

from ablate.errors import AblateError
from ablate.job import cards
from ablate.planning.plan import Plan
from ablate.settings import written
from benchmarks import (
    bf16,
    contestants,
    growth,
    images,
    layout,
    neighbours,
    observers,
    throughput,
    whole_report,
    workflow,
)
from benchmarks.cases import BATCH_SIZES, NETWORKS, QUICK
from benchmarks.conditions import Machine
from benchmarks.rows import Measures, Rows
from benchmarks.turns import Pace

PARTS = ("throughput", "bf16", "neighbours", "workflow")
NAMED_ONLY = ("report", "growth", "layout")
NOT_QUICK = ("bf16", "neighbours")
QUICK_BATCH = 128
# A CPU has no queue to fill and no clock to raise; a GPU needs its graphs recorded and the
# competent peer's loaders, whose queues filled while others had their turn, back in their stride.
WARM_UP = {"cpu": 1, "cuda": 40}
MOST_WORKERS = 8


def main(argv: list[str] | None = None) -> int:
    """Measure what is asked for; 1 and one message where that cannot be."""
    try:
        measure(_parse(argv))
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def measure(asked: argparse.Namespace) -> None:
    """Measure each part that is asked for and write its CSV."""
    device = torch.device(cards.resolve(asked.device))
    torch.set_num_threads(asked.threads)
    machine = Machine(device, asked.threads)
    print(f"{machine.name()}, {asked.threads} thread(s), torch {torch.__version__}", flush=True)
    load = partial(images.packed, asked.data) if asked.data else images.noise
    data = load()
    pace = Pace(asked.seconds, asked.turns, WARM_UP[device.type])
    if "throughput" in asked.parts:
        cases = [(network, batch) for network in asked.networks for batch in asked.batch_sizes]
        names = (*contestants.ours_on(device), *asked.peers)
        workers = min(MOST_WORKERS, os.cpu_count() or 1)
        out = Rows(asked.out / "throughput.csv")
        throughput.measure(cases, names, data, machine, pace, workers, out)
    if "bf16" in asked.parts:
        widths = [case for case in bf16.CASES if case[0] in asked.networks]
        bf16.measure(widths, data, machine, pace, Rows(asked.out / "bf16.csv"))
    if "neighbours" in asked.parts:
        every = neighbours.CASES if device.type == "cuda" else neighbours.CPU_CASES
        shared = [case for case in every if case[0] in asked.networks]
        ways = neighbours.sharings(device, asked.cores)
        out = Rows(asked.out / "neighbours.csv")
        neighbours.measure(shared, ways, load, machine, pace.seconds, pace.warm_up, out)
    if "workflow" in asked.parts:
        out = Measures(asked.out / "workflow.csv", machine.columns)
        observers.measure(data, machine, pace, 32 if asked.quick else QUICK_BATCH, out)
        workflow.measure(out, asked.cores, repeats=2 if asked.quick else 5, whole=not asked.quick)
    if "report" in asked.parts:
        plan = Plan(written.read("config.yaml"))
        out = Rows(asked.out / "report.csv")
        whole_report.measure(plan, data, machine, pace, out, asked.only)
    if "growth" in asked.parts:
        sizes = growth.QUICK if asked.quick else growth.RUNS
        growth.measure(sizes, machine.columns, Rows(asked.out / "growth.csv"))
    if "layout" in asked.parts:
        out = Rows(asked.out / "layout.csv")
        layout.measure(asked.networks, asked.batch_sizes, data, machine, pace, out)


def _part(word: str) -> str:
    allowed = (*PARTS, *NAMED_ONLY)
    if word not in allowed:
        raise argparse.ArgumentTypeError(f"found {word!r}, allowed: {', '.join(allowed)}")
    return word


def _parse(argv: list[str] | None) -> argparse.Namespace:
    cores = os.cpu_count() or 1
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help="all unless named")
    parser.add_argument("--quick", action="store_true", help="a part of it: 5 minutes on 2 cores")
    parser.add_argument("--data", type=Path, help="a folder of packed images, instead of noise")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=cores, help="on a CPU; all cores")
    parser.add_argument("--cores", type=int, default=cores, help="of jobs or runs; all")
    parser.add_argument("--out", type=Path, default=Path("results/bench"))
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, metavar="NETWORK")
    parser.add_argument("--batch-sizes", nargs="+", type=int, choices=BATCH_SIZES, metavar="N")
    parser.add_argument(
        "--peers", nargs="*", choices=contestants.PEERS, default=contestants.PEERS, metavar="PEER"
    )
    parser.add_argument("--only", default="", help="report: runs with this in their names")
    parser.add_argument("--seconds", type=float, help="of a turn, about")
    parser.add_argument("--turns", type=int, help="of each contestant")
    asked = parser.parse_args(argv)
    asked.parts = asked.parts or [p for p in PARTS if not (asked.quick and p in NOT_QUICK)]
    asked.networks = asked.networks or (QUICK if asked.quick else NETWORKS)
    asked.batch_sizes = asked.batch_sizes or ([QUICK_BATCH] if asked.quick else BATCH_SIZES)
    asked.seconds = asked.seconds or (1 if asked.quick else 4)
    asked.turns = asked.turns or (3 if asked.quick else 5)
    return asked


if __name__ == "__main__":
    sys.exit(main())
