"""CIFAR-100, MNIST and FashionMNIST from small archives of the same make."""

import gzip
import hashlib
import io
import pickle
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from torchvision import datasets

from ablate.data import archive, cifar100, fashion_mnist, mnist
from ablate.data.pack import pack
from ablate.errors import AblateError

DRAW = np.random.default_rng(0)


def md5(path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


def test_archives_and_checksums_are_torchvisions():
    theirs = datasets.CIFAR100
    ours = cifar100.ARCHIVE
    assert (ours.url, ours.name, ours.md5) == (theirs.url, theirs.filename, theirs.tgz_md5)
    for module, kind in ((mnist, datasets.MNIST), (fashion_mnist, datasets.FashionMNIST)):
        found = {(a.url.rpartition("/")[2], a.md5) for a in module.FILES.values()}
        assert found == set(kind.resources)
        assert module.URL in kind.mirrors
        assert all(a.name.endswith(a.url.rpartition("/")[2]) for a in module.FILES.values())
    assert datasets.FashionMNIST.classes == fashion_mnist.CLASSES


def put_cifar100(folder) -> dict[str, np.ndarray]:
    """An archive of 6 training and 4 test images of 3 classes, as CIFAR-100's is made."""
    arrays = {}
    path = folder / cifar100.ARCHIVE.name
    with tarfile.open(path, "w:gz") as tar:
        for part, count in (("train", 6), ("test", 4)):
            pixels = DRAW.integers(0, 256, (count, 3072), dtype=np.uint8)
            arrays[part] = pixels.reshape(-1, 3, 32, 32)
            add(tar, part, {b"data": pixels, b"fine_labels": [i % 3 for i in range(count)]})
        add(tar, "meta", {b"fine_label_names": [b"apple", b"bee", b"cup"]})
    return arrays


def add(tar: tarfile.TarFile, name: str, content: dict) -> None:
    data = pickle.dumps(content, protocol=4)
    member = tarfile.TarInfo(f"cifar-100-python/{name}")
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def test_cifar100_is_read_by_its_fine_labels(tmp_path, monkeypatch):
    arrays = put_cifar100(tmp_path)
    path = tmp_path / cifar100.ARCHIVE.name
    monkeypatch.setattr(cifar100, "ARCHIVE", replace(cifar100.ARCHIVE, md5=md5(path)))
    found = cifar100.load({"path": str(tmp_path)})
    assert found.classes == ["apple", "bee", "cup"]
    np.testing.assert_array_equal(found.train_images, arrays["train"])
    assert found.test_labels.tolist() == [0, 1, 2, 0]
    few = cifar100.load({"path": str(tmp_path), "train_images": 3})
    assert sorted(few.train_labels) == [0, 1, 2]
    assert few.train_of == 6
    settings = {"path": str(tmp_path), "source": "cifar100"}
    assert pack(settings, tmp_path / "packed").classes == ["apple", "bee", "cup"]


def put_idx(path, magic: int, values: np.ndarray) -> None:
    head = np.array([magic, *values.shape], ">i4").tobytes()
    path.write_bytes(gzip.compress(head + values.astype(np.uint8).tobytes()))


@pytest.fixture(params=[mnist, fashion_mnist], ids=lambda module: module.__name__)
def grey(request, tmp_path, monkeypatch):
    """A module, its folder, and the images of small archives in it."""
    module, images, files = request.param, {}, {}
    for part, count in (("train", 20), ("test", 10)):
        images[part] = DRAW.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        put_idx(tmp_path / module.FILES[f"{part}_images"].name, 2051, images[part])
        put_idx(tmp_path / module.FILES[f"{part}_labels"].name, 2049, np.arange(count) % 10)
    for key, each in module.FILES.items():
        files[key] = replace(each, md5=md5(tmp_path / each.name))
    monkeypatch.setattr(module, "FILES", files)
    return module, tmp_path, images


def test_grey_stands_in_three_channels_at_either_size(grey):
    module, folder, images = grey
    found = module.load({"path": str(folder), "size": 28})
    assert found.train_images.shape == (20, 3, 28, 28)
    for channel in range(3):
        np.testing.assert_array_equal(found.test_images[:, channel], images["test"])
    assert found.train_labels.tolist() == [i % 10 for i in range(20)]
    large = module.load({"path": str(folder), "size": 32})
    np.testing.assert_array_equal(large.train_images[:, :, 2:30, 2:30], found.train_images)
    assert large.train_images.sum(dtype=int) == found.train_images.sum(dtype=int)


def test_an_archive_that_is_another_is_refused_with_what_to_do(grey):
    module, folder, _ = grey
    path = folder / module.FILES["train_labels"].name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AblateError, match=r"is not the official archive.*by hand \(md5"):
        module.load({"path": str(folder), "size": 28})


def test_without_a_network_the_way_by_hand_is_told(grey, monkeypatch):
    module, folder, _ = grey
    path = folder / module.FILES["test_images"].name
    path.unlink()

    def refuse(url, timeout):
        raise OSError("no route")

    monkeypatch.setattr(archive.urllib.request, "urlopen", refuse)
    with pytest.raises(AblateError, match=r"cannot be read \(no route\): put that archive at"):
        module.load({"path": str(folder), "size": 28})
    assert not path.exists()


def test_a_file_of_another_shape_is_refused(tmp_path):
    from ablate.data import idx

    put_idx(tmp_path / "a.gz", 2051, np.zeros((2, 28, 27)))
    with pytest.raises(AblateError, match="no IDX file of what it should hold"):
        idx.images_in(tmp_path / "a.gz")
    put_idx(tmp_path / "b.gz", 2049, np.array([1, 2]))
    with pytest.raises(AblateError, match="a label from 0 to 9 for each of 3 images"):
        idx.labels_in(tmp_path / "b.gz", 3)
