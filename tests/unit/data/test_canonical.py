"""One set of images is one set of bytes, whatever it came from."""

import cifar_archive
import numpy as np
import pytest
from PIL import Image

from ablate.data import canonical, cifar10
from ablate.data.dataset import load
from ablate.data.images import Images
from ablate.data.pack import pack
from ablate.data.stratified import holdout_split

CLASSES = [
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
]


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """One set of images as an archive and as a folder of files: the settings of both."""
    random = np.random.default_rng(0)
    parts = {}
    for part, count in (("train", 120), ("test", 40)):
        labels = random.permutation(np.arange(count) % 10)
        parts[part] = random.integers(0, 256, (count, 3, 32, 32), np.uint8), labels
        for i, (image, label) in enumerate(zip(*parts[part], strict=True)):
            place = tmp_path / "tree" / part / CLASSES[label]
            place.mkdir(parents=True, exist_ok=True)
            name = f"{random.integers(10**9)}_{i}.webp"
            Image.fromarray(image.transpose(1, 2, 0)).save(place / name, lossless=True)
    archive = tmp_path / "archive" / cifar10.ARCHIVE.name
    archive.parent.mkdir()
    cifar_archive.of_images(archive, CLASSES, parts["train"], parts["test"])
    cifar_archive.taken_for_official(archive, monkeypatch)
    return (
        {"source": "cifar10", "path": str(archive.parent)},
        {"source": "folder", "name": "my CIFAR", "path": str(tmp_path / "tree"), "resize": None},
    )


@pytest.mark.parametrize("subset", [{}, {"train_images": 50, "test_images": 10}])
def test_an_archive_and_a_folder_give_the_same_digest(sources, tmp_path, subset):
    archive, folder = (pack({**source, **subset}, tmp_path / "p") for source in sources)
    told_apart = {"name", "source"}
    assert archive.model_dump(exclude=told_apart) == folder.model_dump(exclude=told_apart)
    assert archive.classes == CLASSES
    assert archive.train == subset.get("train_images", 120)


def test_packed_images_are_sorted_by_class_and_digest(sources, tmp_path):
    pack(sources[1], tmp_path)
    data = load(tmp_path)
    keys = [
        (label, canonical.digest(image))
        for image, label in zip(data.train_images, data.train_labels, strict=True)
    ]
    assert keys == sorted(keys)


def test_a_larger_subset_holds_the_smaller(sources, tmp_path):
    found = []
    for count in (20, 70):
        pack({**sources[0], "train_images": count}, tmp_path)
        found.append({canonical.digest(image) for image in load(tmp_path).train_images})
    assert found[0] < found[1]


def test_the_same_images_are_held_out_whatever_they_came_from(sources, tmp_path):
    held = []
    for source in sources:
        pack(source, tmp_path)
        data = load(tmp_path)
        held.append(data.train_images[holdout_split(data.train_labels, 0.2)[1]])
    assert np.array_equal(*held)


def test_classes_are_sorted_by_name_and_keep_their_images():
    pixels = np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1).repeat(3, 1)
    labels = np.array([0, 1, 2, 0])
    found = canonical.ordered(
        Images("x", ["wolf", "ant", "cow"], pixels, labels, pixels, labels, 4, 4)
    )
    assert found.classes == ["ant", "cow", "wolf"]
    named = sorted(zip(found.train_images[:, 0, 0, 0], found.train_labels, strict=True))
    assert [found.classes[label] for _, label in named] == ["wolf", "ant", "cow", "wolf"]
