"""Check what only a card can show, in about five minutes: `make check-gpu`.

For each kind of training in config.yaml, in its own precision, with a small last batch and held-out
images: whether its steps replay from a CUDA graph; whether they compute what they compute when
called plainly, with deterministic kernels and with torch's fastest; whether deterministic kernels
give the same bits twice. Then jobs are stopped by SIGTERM and gone on with, and the pace is shown.
On a CPU the same runs with narrow networks, and says what that cannot show.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch

from ablate.errors import AblateError
from ablate.job import cards, lease
from ablate.planning.plan import Plan
from ablate.settings import written
from check_gpu import jobs, speed, trainings
from check_gpu.kinds import Kind, kinds
from check_gpu.trainings import Finding, attempted

HEADER = ("precision", "steps", "to plain", "other kernels", "deterministic twice")
# Noise of a step that a resumed process must go on with, and a probe that needs the host.
JOBS = ("dropout", "RReLU", "line_probe")
ON_CPU = "skipped on a CPU: CUDA graphs, bf16 on tensor cores, full width, kernels of a card"


def main(argv: list[str] | None = None) -> int:
    """0 where all is as it should be; 1 where a result is wrong or nothing can be computed."""
    asked = _parse(argv)
    try:
        kind = cards.resolve(asked.device)
        with lease.taken(kind, asked.threads) as device:
            findings = list(told(check(device, asked)))
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    wrong = [finding.what for finding in findings if finding.wrong]
    print(f"\n{len(wrong)} wrong of {len(findings)}{': ' if wrong else ''}{', '.join(wrong)}")
    return 1 if wrong else 0


def check(device: lease.Leased, asked: argparse.Namespace) -> Iterator[Finding]:
    """Every finding, as it is made."""
    small = device.type == "cpu"
    began = time.monotonic()
    print(f"{device.name}, torch {torch.__version__}, CUDA {torch.version.cuda}")
    if small:
        print(ON_CPU)
    print(f"{'':50} {' | '.join(HEADER)}", flush=True)
    every = kinds(Plan(written.read(asked.config)), small)
    for kind in every[: asked.kinds]:
        if time.monotonic() - began > asked.seconds:
            yield Finding(kind.name, ("skipped: time is up (--seconds)",))
        else:
            yield attempted(kind.name, partial(trainings.check, kind, device))
    for kind in for_jobs(every):
        with tempfile.TemporaryDirectory() as folder:
            yield attempted(kind.name, partial(jobs.check, kind, device.type, Path(folder)))
    where, width = device.torch_device, 0.125 if small else 1.0
    for batch_size in speed.BATCHES:
        what = f"speed: ResNet-34, width {width:g}, batch {batch_size}"
        yield attempted(what, partial(speed.check, what, where, width, batch_size, asked.turn))
    what = "kernels of a step"
    yield attempted(what, partial(speed.kernels, what, where, width))


def for_jobs(every: list[Kind]) -> list[Kind]:
    """The first kind with each of what makes it hard to go on to the same bits."""
    texts = [(kind, f"{kind.name} {kind.observers}") for kind in every]
    found = [next((kind for kind, text in texts if word in text), None) for word in JOBS]
    return [kind for kind in found if kind is not None]


def told(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, each printed."""
    for finding in findings:
        mark = "WRONG " if finding.wrong else ""
        print(f"{finding.what[:50]:50} {mark}{' | '.join(finding.seen)}", flush=True)
        yield finding


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="check-gpu", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--config", default="config.yaml")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=1, help="on a CPU")
    parser.add_argument("--kinds", type=int, help="so many kinds of training; all")
    parser.add_argument("--seconds", type=float, default=240, help="for the kinds of training")
    parser.add_argument("--turn", type=float, default=1, help="seconds of a turn, for the pace")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
