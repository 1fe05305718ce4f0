"""Contestants timed in turns, so that whatever else the machine does falls on all alike."""

import gc
import math
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch

from benchmarks.clock import now
from benchmarks.switches import Switches

MOST_STEPS = 2000


class Contestant(Protocol):
    """What takes its turns; see benchmarks.contestants."""

    precision: str

    def steps(self) -> Iterator[Any]: ...


@dataclass(frozen=True)
class Pace:
    """How long to time: `turns` turns of about `seconds` each, of one step at least.

    Every turn begins with `warm_up` steps that are not timed; the first turn is preceded by as
    many again, which also say how many steps a turn takes.
    """

    seconds: float
    turns: int
    warm_up: int


@dataclass
class Timed:
    """One contestant's times.

    start_seconds: from settings and images in memory to the end of the first step; imports, paid
    once by the first to start, left out. step_seconds: of a step, one number a turn. steps: timed
    in a turn.
    """

    contestant: Contestant
    start_seconds: float
    steps: int = 0
    step_seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.step_seconds)


def times_as_fast(one: Timed, other: Timed) -> float:
    """How many times as fast `one` is as `other`: the median over the turns that they shared."""
    pairs = zip(one.step_seconds, other.step_seconds, strict=True)
    return statistics.median(theirs / own for own, theirs in pairs)


def contest(
    starts: Mapping[str, Callable[[], Contestant]], device: torch.device, pace: Pace
) -> dict[str, Timed]:
    """Start every contestant, then let them take their turns; each second round runs backwards."""
    runners = [Runner(name, start, device) for name, start in starts.items()]
    try:
        for runner in runners:
            runner.find_length(pace)
        for turn in range(pace.turns):
            for runner in runners if turn % 2 == 0 else runners[::-1]:
                runner.take_turn(pace)
    finally:
        for runner in runners:
            runner.steps.close()
    return {runner.name: runner.timed for runner in runners}


class Runner:
    """A started contestant: its first step is done."""

    def __init__(self, name: str, start: Callable[[], Contestant], device: torch.device) -> None:
        self.name = name
        self.device = device
        # Earlier contestants hold the device's memory until their cycles are collected.
        gc.collect()
        # No part of the start: the first to put a switch loads torch's compiler.
        UNTOUCHED.put()
        began = now(self.device)
        contestant = start()
        self.steps = contestant.steps()
        next(self.steps)
        self.timed = Timed(contestant, now(self.device) - began)
        self.switches = Switches.now()

    def find_length(self, pace: Pace) -> None:
        """Warm up, and choose how many steps a turn takes."""
        step = self.take(pace.warm_up) / pace.warm_up
        self.timed.steps = min(max(1, math.ceil(pace.seconds / step)), MOST_STEPS)

    def take_turn(self, pace: Pace) -> None:
        """Take the steps of a turn and note how long one took."""
        self.take(pace.warm_up)
        self.timed.step_seconds.append(self.take(self.timed.steps) / self.timed.steps)

    def take(self, steps: int) -> float:
        """Seconds that so many steps take, until the device has done them."""
        self.switches.put()
        began = now(self.device)
        for _ in range(steps):
            next(self.steps)
        return now(self.device) - began


UNTOUCHED = Switches.now()
