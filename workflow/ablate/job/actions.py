"""What hangs on the end of an epoch: live events, saved states, a look at the neighbours."""

import contextlib
import math
import shutil
import time
from pathlib import Path

from ablate import models
from ablate.job import log, progress
from ablate.job.state import States
from ablate.runs import events
from ablate.training.training import Training


def note_first_layer(training: Training) -> None:
    """Keep the histogram of the first layer's weights, where there is such a layer."""
    layer = models.first_layer(training.network)
    weights = None if layer is None else layer.weight.detach().float().cpu().numpy()
    training.histograms.append({} if weights is None else events.histogram(weights))


def say(training: Training) -> None:
    """One line an epoch, for the log; on a full disk training goes on without."""
    with contextlib.suppress(OSError):
        print(progress.line(training.history[-1], training.length.epochs), flush=True)


class LiveEvents:
    """Shows a training in progress: `tensorboard --logdir` on the state folder.

    At most every 10 seconds. The events begin anew with each process, with all epochs so far.
    """

    every = 10.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder / events.FOLDER
        self.events: events.Events | None = None
        self.shown = 0
        self.last = time.monotonic()

    def __call__(self, training: Training) -> None:
        if time.monotonic() - self.last >= self.every:
            self.last = time.monotonic()
            try:
                self.show(training)
            except OSError as error:
                log.note(f"its live events cannot be written: {error}")
                self.every = math.inf

    def show(self, training: Training) -> None:
        """Add the epochs that are new."""
        if self.events is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self.events = events.Events(self.folder / events.NAME, training.started)
        epochs = list(zip(training.history, training.histograms, strict=True))
        for row, histogram in epochs[self.shown :]:
            self.events.add_epoch(row, histogram)
        self.shown = len(epochs)
        self.events.flush()


class SaveState:
    """Saves the training's state when `every` seconds have passed since the last time.

    At the end of an epoch; within one only when twice that has passed, since copying the state
    makes the host wait for the device.
    """

    def __init__(self, states: States, every: float) -> None:
        self.states = states
        self.every = every
        self.saved = time.monotonic()

    def at_epoch_end(self, training: Training) -> None:
        """Save if it is time and the run goes on."""
        if not training.finished and time.monotonic() - self.saved >= self.every:
            self.save(training)

    def after_step(self, training: Training) -> None:
        """Save if it is more than time."""
        if time.monotonic() - self.saved >= 2 * self.every:
            training.stop_clock()
            self.save(training)

    def save(self, training: Training) -> None:
        """Save; the seconds it takes are not the training's."""
        self.states.save(training.state_dict())
        training.clock = self.saved = time.monotonic()
