"""How far a training is, as its log says: one line an epoch. Loads no torch."""

import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

EPOCH = re.compile(r"^epoch (\d+) of (\d+): .*, ([\d.]+) s$", re.M)
# Epochs whose seconds tell how long the next one takes.
RECENT = 3


def line(row: Mapping[str, float], epochs: int) -> str:
    """What the log says of an epoch that has ended."""
    return (
        f"epoch {row['epoch']} of {epochs}: training loss {row['train_loss']:.4f}, "
        f"accuracy {row['train_accuracy']:.2f} %, on the test images {row['test_accuracy']:.2f} %, "
        f"{row['seconds']:.1f} s"
    )


@dataclass(frozen=True)
class Progress:
    """epoch: the last that has ended, of `epochs`. seconds: of one. since: since that end."""

    epoch: int
    epochs: int
    seconds: float
    since: float

    @property
    def left(self) -> float:
        """Seconds until the last epoch ends."""
        return max(0.0, (self.epochs - self.epoch) * self.seconds - self.since)


def read(log: Path) -> Progress | None:
    """How far the training that writes this log is; None before its first epoch has ended."""
    try:
        text, written = log.read_text(encoding="utf-8", errors="replace"), log.stat().st_mtime
    except OSError:
        return None
    found = EPOCH.findall(text)
    if not found:
        return None
    epoch, epochs, _ = found[-1]
    seconds = statistics.median(float(each) for *_, each in found[-RECENT:])
    return Progress(int(epoch), int(epochs), seconds, max(0.0, time.time() - written))


def last_line(log: Path) -> str:
    """The last line of a log that says anything; "" without."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((each.strip() for each in reversed(lines) if each.strip()), "")
