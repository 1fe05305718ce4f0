"""What predictions.npz keeps of a network's probabilities, and what it rounds."""

import lzma

import numpy as np
import pytest

from ablate.evaluation.confusion import confusion
from ablate.evaluation.scores import scores
from ablate.runs import predictions, travel

IMAGES, CLASSES = 2000, 10


@pytest.fixture
def kept(tmp_path):
    """The probabilities that are in the file, once these were written."""

    def written(probabilities, labels):
        predictions.write(tmp_path, probabilities, labels)
        with np.load(tmp_path / predictions.NAME) as arrays:
            assert np.array_equal(arrays["labels"], labels)
            return arrays["probabilities"]

    return written


def some(seed, spread):
    """Probabilities of logits with this spread, and labels that about a third of them lead to."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, spread, (IMAGES, CLASSES)).astype(np.float32)
    labels = np.where(
        random.random(IMAGES) < 0.3, logits.argmax(1), random.integers(0, CLASSES, IMAGES)
    )
    exponentials = np.exp(logits - logits.max(1, keepdims=True))
    return exponentials / exponentials.sum(1, keepdims=True), labels


@pytest.mark.parametrize("spread", [1e-4, 0.02, 1, 5, 40])
def test_every_measure_is_that_of_the_full_probabilities(kept, spread):
    probabilities, labels = some(0, spread)
    found = kept(probabilities, labels)
    images = np.arange(IMAGES)
    assert found.dtype == np.float32
    assert np.array_equal(found.argmax(1), probabilities.argmax(1))
    assert np.array_equal(found.max(1), probabilities.max(1))
    assert np.array_equal(found[images, labels], probabilities[images, labels])
    assert np.array_equal(confusion(found, labels), confusion(probabilities, labels))
    assert scores(found, labels) == scores(probabilities, labels)


@pytest.mark.parametrize("spread", [0.02, 1, 5])
def test_the_other_classes_are_right_to_half_a_step(kept, spread):
    probabilities, labels = some(1, spread)
    assert np.abs(kept(probabilities, labels) - probabilities).max() <= predictions.STEP / 2


def test_classes_that_lead_together_still_do(kept):
    probabilities = np.full((3, CLASSES), 0.1, np.float32)
    assert np.array_equal(kept(probabilities, np.array([0, 5, 9])), probabilities)


def test_what_is_no_number_is_kept_as_such(kept):
    probabilities = np.full((2, CLASSES), np.nan, np.float32)
    assert np.isnan(kept(probabilities, np.array([0, 1]))).all()


def test_what_travels_weighs_half_as_much(kept):
    def weight(values):
        return len(lzma.compress(values.tobytes(), filters=travel.COMPRESSION))

    probabilities, labels = some(2, 3)
    assert weight(kept(probabilities, labels)) < weight(probabilities) / 2


def test_mistakes_are_the_surest_first():
    labels = np.array([0, 1, 1, 0])
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.3, 0.7]])
    assert predictions.mistakes(probabilities, labels).tolist() == [2, 3, 1]
