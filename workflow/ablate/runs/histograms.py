"""How the first layer's weights are spread after the last epoch, read back from a run's events."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from ablate.runs import events
from ablate.runs.record import verified

if TYPE_CHECKING:
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import HistogramProto

TAG = "first_layer"
# A record of the file: its length and that number's checksum, the event, the event's checksum.
LENGTH, CHECKSUM = 8, 4


@dataclass(frozen=True)
class Histogram:
    """Weights counted in buckets of equal width.

    Attributes:
        edges: of the buckets, one more than there are; `counts`: weights in each.
        sd: standard deviation, of the weights themselves.
    """

    edges: np.ndarray
    counts: np.ndarray
    sd: float

    @classmethod
    def of(cls, stored: "HistogramProto") -> Self:
        """The histogram as TensorBoard has it."""
        mean = stored.sum / stored.num
        variance = max(0.0, stored.sum_squares / stored.num - mean**2)
        ends = np.array(stored.bucket_limit)
        # Of equal weights numpy's buckets do not begin with the least of them.
        return cls(np.array([2 * ends[0] - ends[1], *ends]), np.array(stored.bucket), variance**0.5)

    def within(self, distance: float) -> float:
        """Share of the weights within this distance of 0, in percent.

        Of a bucket that reaches beyond, in proportion to its part within.
        """
        inside = np.clip(self.edges, -distance, distance)
        width = np.diff(self.edges)
        return float(100 * (self.counts * np.diff(inside) / width).sum() / self.counts.sum())


def after_last_epoch(folder: str | Path) -> Histogram | None:
    """Of a finished run's first layer; None where it has none that is finite, or no events.

    Events may stay behind where results travel.
    """
    path = Path(folder) / events.PATH
    if not path.exists():
        return None
    content = verified(folder, events.PATH)
    last, found = 0, {}
    for event in _events(content):
        last = max(last, event.step)
        for value in event.summary.value:
            if value.tag == TAG:
                found[event.step] = value.histo
    return Histogram.of(found[last]) if last in found else None


def _events(content: bytes) -> "Iterator[Event]":
    # Loading tensorboardX costs a quarter of a second.
    from tensorboardX.proto.event_pb2 import Event

    at = 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        start = at + LENGTH + CHECKSUM
        yield Event.FromString(content[start : start + length])
        at = start + length + CHECKSUM
