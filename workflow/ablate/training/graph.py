"""The fast path on CUDA: a function of a batch size, recorded once for each size and replayed.

A step is some hundred small kernels. Launched one by one they keep the host busy for longer than
the device; as one CUDA graph they are launched at once.

Nothing has to be restored after warming up, since the warm-up is real: the first calls of each
size run eagerly, on a stream of their own as torch asks, and are part of the training. The call
after them is recorded, which runs nothing, and replayed.
"""

import functools
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from ablate.training import optimizers
from ablate.training.evaluate import Evaluation
from ablate.training.step import Step

WARM_UP = 3


def replay(step: Step, evaluations: Iterable[Evaluation], own: Sequence[str] = ()) -> None:
    """Let a step and evaluations replay what CUDA can record of them.

    own: one's own code in them that does not say it can be recorded; with any, all runs eagerly.

    Of the step that is all, unless an observer needs the host between gradient and update, or the
    optimizer's update cannot be recorded; then it is the pieces that can.
    """
    if own:
        print(f"{', '.join(own)}: without `recordable = True`, all runs eagerly", file=sys.stderr)
        return
    for evaluation in evaluations:
        evaluation.score = Replayed(evaluation.score, "the evaluation")
    # Warming up, an optimizer made for recording runs without it, as it should.
    warnings.filterwarnings("ignore", message=".*constructed with capturable=True")
    recordable = optimizers.capturable(type(step.optimizer))
    if recordable and not any(observer.needs_host for observer in step.observers):
        step.take = Replayed(step.whole, "the training step")
        return
    step.gradient = Replayed(step.gradient, "the gradient")
    step.take = step.in_pieces
    if recordable:
        step.update = Replayed(step.update, "the update", after=step.gradient)
    else:
        print(f"torch records no {type(step.optimizer).__name__}: it runs eagerly", file=sys.stderr)


def replayed(step: Step) -> bool:
    """Whether the step's gradient is replayed from a graph."""
    return any(isinstance(p, Replayed) and p.recorded for p in (step.take, step.gradient))


class Replayed:
    """`work(size)`, replayed from a CUDA graph once it has warmed up.

    It returns what `work` returned when it was recorded: tensors that each replay fills anew. Where
    CUDA cannot record the work it goes on running eagerly, and says why on stderr. Work that reads
    what other work leaves is recorded only `after` that has been.
    """

    def __init__(self, work: Callable[[int], Any], name: str, after: "Replayed | None" = None):
        self.work = work
        self.name = name
        self.after = after
        self.calls: Counter[int] = Counter()
        self.recorded: dict[int, tuple[torch.cuda.CUDAGraph, Any]] = {}
        self.failed = False

    def __call__(self, size: int) -> Any:
        if size not in self.recorded and not (self._may_record(size) and self._record(size)):
            return self._eager(size)
        graph, result = self.recorded[size]
        graph.replay()
        return result

    def _may_record(self, size: int) -> bool:
        ready = self.after is None or size in self.after.recorded
        return ready and not self.failed and self.calls[size] >= WARM_UP

    def _eager(self, size: int) -> Any:
        self.calls[size] += 1
        aside = _aside()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            result = self.work(size)
        torch.cuda.current_stream().wait_stream(aside)
        return result

    def _record(self, size: int) -> bool:
        graph = torch.cuda.CUDAGraph()
        try:
            # What other threads ask of CUDA meanwhile is no fault of the recording.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                result = self.work(size)
        except RuntimeError as error:
            self.failed = True
            print(f"{self.name} runs without a CUDA graph: {_cause(error)}", file=sys.stderr)
            return False
        self.recorded[size] = graph, result
        return True


def _cause(error: BaseException) -> str:
    """The first line of the first error: later ones say only that the recording has failed."""
    while error.__context__ is not None:
        error = error.__context__
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@functools.cache
def _aside() -> torch.cuda.Stream:
    return torch.cuda.Stream()
