"""Trains each kind replayed and plainly, and compares: losses, weights, twice the same bits."""

import contextlib
import gc
import io
import os
from collections.abc import Callable
from dataclasses import dataclass

import torch

from ablate.errors import AblateError
from ablate.job.interruption import Interruption
from ablate.job.lease import Leased
from ablate.job.request import TrainingRequest
from ablate.job.run import Job
from ablate.training import graph
from ablate.training.loop import train
from ablate.training.training import Training
from check_gpu.kinds import Kind

# cuBLAS reads this once in a process, when it is first used.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

# By how much the losses of an epoch may differ, relatively, between kernels that add up in another
# order: 1000 roundings of fp32, five of bf16.
ROUNDING = {"fp32": 1e-4, "bf16": 2e-2}
# Others than SGD divide a gradient by its own size, and what is zero but for its rounding, as that
# of a bias before batch normalisation, moves its weight by a whole rate. On one card the losses of
# VGG-A with BN and Adam were 1.7e-3 apart, without BN 2e-6.
ROUNDING_BY_SIZE = 2e-2


@dataclass(frozen=True)
class Trained:
    """losses: by epoch, of training, test and held-out images. said: on stderr, the last line."""

    losses: list[tuple[float, ...]]
    weights: dict[str, torch.Tensor]
    precision: str
    replayed: bool
    said: str


@dataclass(frozen=True)
class Finding:
    """A row of the table: what was tried, what was seen, and whether that is wrong."""

    what: str
    seen: tuple[str, ...]
    wrong: bool = False


Trainer = Callable[[Kind, Leased, bool, bool], Trained]


def trained(kind: Kind, device: Leased, deterministic: bool, replay: bool) -> Trained:
    """A training of this kind at its end, as a job computes it; without `replay` plainly."""
    request = TrainingRequest(
        run=kind.name,
        seed=0,
        settings=kind.run.resolved(),
        code="",
        observers=kind.observers,
        deterministic=deterministic,
    )
    # Earlier trainings hold the device's memory until their cycles are collected.
    gc.collect()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        job = Job(request, kind.run, kind.data, device)
        training = job.assemble(Interruption())
        if not replay:
            make_plain(training)
        train(training)
    return Trained(
        losses=[
            tuple(value for name, value in row.items() if name.endswith("_loss"))
            for row in training.history
        ],
        weights={name: tensor.cpu() for name, tensor in training.weights().items()},
        precision=job.precision,
        replayed=graph.replayed(training.step),
        said=(said.getvalue().strip().splitlines() or [""])[-1],
    )


def make_plain(training: Training) -> None:
    """Undo `graph.replay`: each step and evaluation calls its own functions."""
    step = training.step
    for name in ("gradient", "update"):
        vars(step).pop(name, None)
    step.take = step.whole
    for evaluation in training.evaluations.values():
        evaluation.score = evaluation._score


def check(kind: Kind, device: Leased, train_one: Trainer = trained) -> Finding:
    """Train it four times at most: with any kernels, and with deterministic ones twice."""
    fast = train_one(kind, device, False, True)
    once = train_one(kind, device, True, True)
    plain = train_one(kind, device, True, False)
    same = same_bits(once, plain)
    again = plain if same else train_one(kind, device, True, True)
    twice = same or same_bits(once, again)
    rounding = ROUNDING[fast.precision]
    of_kernels = rounding if kind.run.optimizer.name == "SGD" else ROUNDING_BY_SIZE
    apart = difference(once.losses, plain.losses)
    # The first epoch: later ones carry on from weights that differ already.
    kernels = difference(fast.losses[:1], plain.losses[:1])
    wrong = not (twice and apart <= rounding and kernels <= of_kernels)
    seen = (
        fast.precision,
        "replayed" if fast.replayed else f"eager: {fast.said or 'no card'}",
        "same bits" if same else f"{apart:.1e}",
        f"{kernels:.1e}",
        "same bits" if twice else "other bits",
    )
    return Finding(kind.name, seen, wrong)


def attempted(what: str, check: Callable[[], Finding]) -> Finding:
    """What `check` finds; a finding of its own where torch refuses or the card fails."""
    try:
        return check()
    except (AblateError, RuntimeError) as error:
        return Finding(what, (f"failed: {str(error).splitlines()[0]}",), wrong=True)


def difference(one: list[tuple[float, ...]], other: list[tuple[float, ...]]) -> float:
    """The largest relative difference of two losses; infinite where one is no number."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return float("inf")
    pairs = [pair for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True)]
    apart = [abs(a - b) / max(abs(b), 1e-12) for a, b in pairs]
    return max((x if x == x else float("inf") for x in apart), default=float("inf"))


def same_bits(one: Trained, other: Trained) -> bool:
    """Whether losses and all weights are equal to the last bit."""
    return one.losses == other.losses and all(
        torch.equal(tensor, other.weights[name]) for name, tensor in one.weights.items()
    )
