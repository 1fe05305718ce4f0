"""Fair subsets and the held-out slice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.data.stratified import holdout_split, stratified
from ablate.errors import AblateError

TEN = np.repeat(np.arange(10), 500)


def shuffled(labels, seed=0):
    return np.random.default_rng(seed).permutation(labels)


@pytest.mark.parametrize("labels", [TEN, shuffled(TEN)], ids=["sorted", "shuffled"])
@pytest.mark.parametrize("count", [10, 100, 1250, 5000])
def test_classes_of_equal_size_stay_equal(labels, count):
    chosen = stratified(labels, count)
    assert np.array_equal(np.bincount(labels[chosen]), np.full(10, count // 10))
    assert np.all(np.diff(chosen) > 0)


def test_the_first_images_of_a_class_are_taken():
    assert stratified(np.zeros(12, int), 3).tolist() == [0, 1, 2]
    assert stratified(np.array([1, 0, 1, 0, 1, 0]), 4).tolist() == [0, 1, 2, 3]


def test_all_of_them_is_all_of_them():
    assert np.array_equal(stratified(shuffled(TEN), len(TEN)), np.arange(len(TEN)))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.data())
def test_every_share_is_kept_to_within_one_image(labels, data):
    labels = np.array(labels)
    count = data.draw(st.integers(1, len(labels)))
    classes, sizes = np.unique(labels, return_counts=True)
    try:
        chosen = stratified(labels, count)
    except AblateError:
        # Refused only where some class's fair share is less than one image.
        assert np.any(sizes * count < len(labels))
        return
    assert len(set(chosen.tolist())) == count
    counts = np.array([np.sum(labels[chosen] == label) for label in classes])
    assert np.all(abs(counts - sizes * count / len(labels)) < 1)


def test_too_many_and_too_few_are_refused():
    with pytest.raises(AblateError, match="5001 images are asked for, but there are only 5000"):
        stratified(TEN, 5001)
    with pytest.raises(AblateError, match="7 images for 10 classes leave 3 of them without any"):
        stratified(TEN, 7)


def test_nothing_is_held_out_by_default():
    train, held_out = holdout_split(TEN, 0.0)
    assert np.array_equal(train, np.arange(5000))
    assert len(held_out) == 0


def test_holdout_divides_each_class_alike():
    labels = shuffled(TEN)
    train, held_out = holdout_split(labels, 0.1)
    assert np.array_equal(np.bincount(labels[held_out]), np.full(10, 50))
    assert np.array_equal(np.sort(np.concatenate([train, held_out])), np.arange(5000))
    again = holdout_split(labels.copy(), 0.1)
    assert np.array_equal(train, again[0])
    assert np.array_equal(held_out, again[1])


def test_holdout_that_empties_a_class_is_refused():
    with pytest.raises(AblateError, match=r"holdout: 0\.001 of 5000 images"):
        holdout_split(TEN, 0.001)
    with pytest.raises(AblateError, match="none to train 10 of the classes on"):
        holdout_split(np.arange(10).repeat(2), 0.99)
