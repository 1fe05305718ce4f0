"""The synthetic classes: same seed same images, learnable but not trivial."""

import hashlib

import numpy as np
import pytest

from ablate.data import synthetic
from ablate.errors import AblateError

SMALL = {"source": "synthetic", "train": 60, "test": 30, "seed": 0, "size": 32}


def test_the_seed_decides_every_pixel():
    one, same = synthetic.load(SMALL), synthetic.load(SMALL)
    other = synthetic.load({**SMALL, "seed": 1})
    for array in ("train_images", "train_labels", "test_images", "test_labels"):
        assert np.array_equal(getattr(one, array), getattr(same, array))
    assert not np.array_equal(one.train_images, other.train_images)


def test_pixels_never_change_from_release_to_release():
    pixels = synthetic.load(SMALL).train_images.tobytes()
    assert hashlib.sha256(pixels).hexdigest()[:16] == "1ad8ae9597bbdae5"


def test_train_and_test_are_different_streams():
    images = synthetic.load({**SMALL, "test": 60})
    pairs = zip(images.train_images, images.test_images, strict=True)
    assert not any(np.array_equal(a, b) for a, b in pairs)
    assert np.array_equal(images.train_images, synthetic.load({**SMALL, "test": 10}).train_images)


@pytest.mark.parametrize(("train", "test", "size"), [(10, 10, 8), (600, 37, 20)])
def test_sizes_are_as_asked(train, test, size):
    images = synthetic.load({**SMALL, "train": train, "test": test, "size": size})
    assert images.train_images.shape == (train, 3, size, size)
    assert images.test_images.shape == (test, 3, size, size)
    assert images.train_images.dtype == np.uint8
    counts = np.bincount(images.train_labels, minlength=10)
    assert counts.max() - counts.min() <= 1
    assert (images.train_of, images.test_of, images.synthetic) == (train, test, True)
    assert len(images.classes) == 10


def test_fewer_images_than_classes_are_refused():
    with pytest.raises(
        AblateError, match=r"data\.test: found 9, at least one image for each of 10 classes"
    ):
        synthetic.load({**SMALL, "test": 9})


def nearest_mean(train, train_labels, test):
    means = np.stack([train[train_labels == label].mean(0) for label in range(10)])
    return ((test[:, None] - means) ** 2).sum(2).argmin(1)


def test_classes_look_alike_in_colour_and_differ_in_shape():
    images = synthetic.load({**SMALL, "train": 1000, "test": 500})

    def right(features) -> float:
        train, test = (features(x / 255.0) for x in (images.train_images, images.test_images))
        return np.mean(nearest_mean(train, images.train_labels, test) == images.test_labels)

    # Colours lean to the class, or a short training would learn nothing; they do not tell it.
    assert 0.5 < right(lambda x: x.mean((2, 3))) < 0.85
    assert right(lambda x: x.reshape(len(x), -1)) > 0.9
    # Without colours: how dark each pixel is within its own image.
    grey = right(lambda x: (g := x.mean(1).reshape(len(x), -1)) - g.mean(1, keepdims=True))
    assert 0.5 < grey < 1


def test_a_figure_is_the_same_class_when_mirrored():
    side = np.arange(-29.5, 30) / 24
    u, v = np.meshgrid(side, side)
    for name, figure in synthetic.FIGURES.items():
        if name in ("rows", "columns", "checks"):
            continue  # mirroring shifts stripes by a phase
        drawn = figure(u, v)
        assert drawn.any()
        assert np.array_equal(drawn, drawn[::-1])
        assert np.array_equal(drawn, drawn[:, ::-1])
