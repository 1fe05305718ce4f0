"""Writes archives in the format of CIFAR-10's own."""

import hashlib
import io
import pickle
import tarfile
from dataclasses import replace
from typing import ClassVar

from ablate.data import cifar10


class Python2Pickler(pickle._Pickler):
    """Writes what Python 2 wrote: strings of bytes, and numpy's functions by their old address."""

    dispatch: ClassVar = dict(pickle._Pickler.dispatch)

    def _string(self, value):
        content = value.encode("latin-1") if isinstance(value, str) else value
        self.write(pickle.BINSTRING + len(content).to_bytes(4, "little") + content)
        self.memoize(value)

    dispatch[str] = dispatch[bytes] = _string

    def save_global(self, value, name=None):
        module = value.__module__.replace("numpy._core", "numpy.core")
        self.write(pickle.GLOBAL + f"{module}\n{name or value.__qualname__}\n".encode())
        self.memoize(value)

    dispatch[type] = dispatch[type(len)] = dispatch[type(hashlib.new)] = save_global


def python2(value):
    file = io.BytesIO()
    Python2Pickler(file, protocol=2).dump(value)
    return file.getvalue()


def write(archive, members):
    """A tar.gz of members: name -> bytes, or a prepared TarInfo without content."""
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive


def taken_for_official(archive, monkeypatch):
    md5 = hashlib.md5(archive.read_bytes()).hexdigest()
    monkeypatch.setattr(cifar10, "ARCHIVE", replace(cifar10.ARCHIVE, md5=md5))
    return archive


def of_images(archive, classes, train, test):
    """The archive of images [n, 3, 32, 32] and labels [n], pairs of arrays, in five batches."""
    images, labels = train
    members = {cifar10.TEST: _batch(*test), cifar10.META: python2({"label_names": classes})}
    for i, name in enumerate(cifar10.TRAIN):
        members[name] = _batch(images[i::5], labels[i::5])
    return write(archive, members)


def _batch(images, labels):
    return python2({"data": images.reshape(len(images), -1), "labels": labels.tolist()})
