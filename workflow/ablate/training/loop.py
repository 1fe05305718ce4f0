"""The loop. All else hangs on it: observers see every step, actions act every epoch."""

from collections.abc import Callable, Sequence

from ablate.training.epoch import measure
from ablate.training.training import Action, Training


def train(
    training: Training, at_epoch_end: Sequence[Action] = (), after_step: Action = lambda _: None
) -> None:
    """Train until the run is over or has diverged.

    after_step may raise to interrupt: what is done so far then stands in `training`.
    """
    training.network.train()
    while not training.finished:
        train_epoch(training, after_step)
        measure(training)
        for act in at_epoch_end:
            act(training)


def train_epoch(training: Training, after_step: Callable[[Training], None]) -> None:
    """Take the epoch's steps that are still to be taken."""
    training.start_epoch()
    while training.position < training.length.steps_in(training.epoch):
        training.take_step()
        after_step(training)
