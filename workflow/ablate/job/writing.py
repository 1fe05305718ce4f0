"""What a training leaves when it is over: every file whole or not at all, the record last."""

from pathlib import Path

import numpy as np

from ablate import models
from ablate.data.dataset import Dataset
from ablate.errors import AblateError
from ablate.runs import checkpoint, events, history, predictions, steps
from ablate.runs.record import Identity, Provenance, Record
from ablate.training.training import Training

MISTAKES = 25  # images among the events
FILES = (history.NAME, steps.NAME, predictions.NAME, checkpoint.NAME, events.PATH)


def write(folder: Path, training: Training, provenance: Provenance, data: Dataset) -> None:
    """Write all files of the run's folder."""
    history.write(folder, training.history)
    series = [observer.series() for observer in training.observers]
    steps.write(folder, {name: values for kept in series for name, values in kept.items()})
    probabilities = best_probabilities(training)
    predictions.write(folder, probabilities, data.test_labels)
    weights = None if provenance.kept == "none" else training.best.weights
    last = training.evaluated.state_dict() if provenance.kept == "both" else None
    checkpoint.write(folder, weights, last, provenance)
    wrong = predictions.mistakes(probabilities, data.test_labels)[:MISTAKES]
    events.write(
        folder,
        training.started,
        training.history,
        training.histograms,
        best_kernels(training),
        data.test_images[wrong],
    )
    Record.of(provenance, folder, FILES).write(folder)


def written(folder: Path, identity: Identity) -> bool:
    """Whether `folder` holds all that a training of this identity leaves."""
    try:
        record = Record.read(folder)
    except AblateError:
        return False
    return record.is_of(identity) and not record.changed(folder)


def best_probabilities(training: Training) -> np.ndarray:
    """Predictions at the best epoch, float32 [test images, classes].

    Untrained ones where a run diverged before it had any.
    """
    if training.best.probabilities is None:
        trained = training.weights()
        training.evaluated.load_state_dict(training.best.weights)
        training.best.probabilities = training.evaluations["test"]().probabilities
        training.evaluated.load_state_dict(trained)
    return training.best.probabilities.cpu().numpy()


def best_kernels(training: Training) -> np.ndarray | None:
    """The first layer's weights at the best epoch, [filters, 3, height, width].

    None in a network whose first layer is no convolution of colour images.
    """
    layer = models.first_layer(training.evaluated)
    if layer is None or layer.in_channels != 3:
        return None
    name = next(n for n, module in training.evaluated.named_modules() if module is layer)
    return training.best.weights[f"{name}.weight"].float().cpu().numpy()
