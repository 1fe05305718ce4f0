"""The end of an epoch: its row of the history, the best epoch so far, the end of a diverged run."""

import math

import torch

from ablate.training.evaluate import Scores
from ablate.training.training import Best, Row, Training


def measure(training: Training) -> None:
    """Evaluate, write the epoch's row, keep the best, go on to the next epoch.

    An epoch whose losses or weights are not finite ends the run as diverged; its row holds nan.
    """
    scores = {name: evaluate() for name, evaluate in training.evaluations.items()}
    row = epoch_row(training, scores)
    if not is_finite(training, row):
        training.diverged = True
        row = row | dict.fromkeys(measured(row), math.nan)
    elif row["test_accuracy"] > training.best.accuracy:
        keep_best(training, row["test_accuracy"], scores["test"])
    training.stop_clock()
    training.history.append({**row, "seconds": training.epoch_seconds})
    training.next_epoch()


def epoch_row(training: Training, scores: dict[str, Scores]) -> Row:
    """The epoch's numbers. Training loss and accuracy are means over its minibatches."""
    steps = training.length.steps_in(training.epoch)
    sizes = torch.tensor([training.length.batch_at(position) for position in range(steps)])
    # The first time in the epoch that the host waits for the device.
    losses = training.step.losses[:steps].double().cpu()
    correct = training.step.correct[:steps].cpu() / sizes.double()
    row = {
        "epoch": training.epoch,
        "step": training.steps_done,
        "lr": training.rate_at(training.steps_done - 1),
        "train_loss": losses.mean().item(),
        "train_accuracy": 100 * correct.mean().item(),
    }
    for name, found in scores.items():
        row[f"{name}_loss"] = found.loss.item()
        row[f"{name}_accuracy"] = 100 * found.correct.item() / len(found.probabilities)
    return row


def measured(row: Row) -> list[str]:
    """The columns that hold losses and accuracies."""
    return [name for name in row if name.endswith(("_loss", "_accuracy"))]


def is_finite(training: Training, row: Row) -> bool:
    """Whether the epoch's losses and the weights after it are finite."""
    if not all(math.isfinite(row[name]) for name in measured(row)):
        return False
    finite = [parameter.isfinite().all() for parameter in training.network.parameters()]
    return bool(torch.stack(finite).all())


def keep_best(training: Training, accuracy: float, scores: Scores) -> None:
    """Make this epoch the best so far."""
    training.best = Best(training.epoch, accuracy, training.weights(), scores.probabilities.clone())
