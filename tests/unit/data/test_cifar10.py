"""The official archive: verified first, read without trust, one message where it is not right."""

import http.server
import pickle
import tarfile
import threading
from dataclasses import replace

import numpy as np
import pytest
from cifar_archive import python2, taken_for_official, write

from ablate.data import cifar10
from ablate.data.unpickle import unpickle_arrays
from ablate.errors import AblateError

PER_BATCH = 20


def batch(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (PER_BATCH, 3072), dtype=np.uint8)
    return {"data": pixels, "labels": [i % 10 for i in range(PER_BATCH)], "batch_label": "x"}


def contents():
    found = {name: python2(batch(i)) for i, name in enumerate(cifar10.TRAIN)}
    found[cifar10.TEST] = python2(batch(5))
    found[cifar10.META] = python2({"label_names": [f"class {i}" for i in range(10)]})
    found["cifar-10-batches-py/readme.html"] = b"<html>"
    return found


@pytest.fixture
def official(tmp_path, monkeypatch):
    """A function that writes an archive and has it taken for the official one."""
    return lambda members: taken_for_official(
        write(tmp_path / cifar10.ARCHIVE.name, members), monkeypatch
    )


def load(archive, **settings):
    return cifar10.load({"source": "cifar10", "path": str(archive.parent), **settings})


def test_the_checksum_is_torchvisions():
    from torchvision.datasets import CIFAR10

    ours = cifar10.ARCHIVE
    assert (ours.url, ours.name, ours.md5) == (CIFAR10.url, CIFAR10.filename, CIFAR10.tgz_md5)


def test_images_and_labels_are_those_of_the_archive(official):
    images = load(official(contents()))
    wanted = np.concatenate([batch(i)["data"] for i in range(5)]).reshape(-1, 3, 32, 32)
    assert np.array_equal(images.train_images, wanted)
    assert np.array_equal(images.test_images, batch(5)["data"].reshape(-1, 3, 32, 32))
    assert np.array_equal(images.train_labels, np.arange(5 * PER_BATCH) % 10)
    assert images.train_labels.dtype == np.int64
    assert images.classes == [f"class {i}" for i in range(10)]
    assert (images.name, images.train_of, images.test_of) == ("cifar10", 100, 20)


def test_a_subset_is_fair(official):
    images = load(official(contents()), train_images=50, test_images=10)
    assert np.bincount(images.train_labels).tolist() == [5] * 10
    assert np.bincount(images.test_labels).tolist() == [1] * 10
    assert (images.train_of, images.test_of) == (100, 20)


def test_an_archive_cut_short_is_never_opened(official, monkeypatch):
    archive = official(contents())
    archive.write_bytes(archive.read_bytes()[:-100])
    monkeypatch.setattr(tarfile, "open", lambda *a: pytest.fail("opened"))
    with pytest.raises(
        AblateError, match=r"is cut short: its md5 is \w+ \([\d,]+ bytes\)\. Delete it"
    ):
        load(archive)


def test_another_archive_is_never_opened(official, monkeypatch):
    archive = official(contents())
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    monkeypatch.setattr(tarfile, "open", lambda *a: pytest.fail("opened"))
    with pytest.raises(
        AblateError, match=f"is not the official archive.* \\(md5 {cifar10.ARCHIVE.md5}\\)"
    ):
        load(archive)


def test_without_network_one_message_says_where_to_put_it(tmp_path, monkeypatch):
    # A port nobody listens on.
    nowhere = replace(cifar10.ARCHIVE, url="http://127.0.0.1:9/cifar-10-python.tar.gz")
    monkeypatch.setattr(cifar10, "ARCHIVE", nowhere)
    archive = tmp_path / "data" / cifar10.ARCHIVE.name
    with pytest.raises(AblateError) as caught:
        load(archive)
    assert f"put that archive at {archive} by hand" in str(caught.value)
    assert cifar10.ARCHIVE.md5 in str(caught.value)
    assert list(archive.parent.iterdir()) == []


@pytest.fixture
def server(monkeypatch):
    """A function that serves some bytes, announced as so many, at the archive's address."""
    running = []

    def serve(content, announced=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(announced or len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        running.append(http.server.HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=running[0].serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{running[0].server_port}/x"
        monkeypatch.setattr(cifar10, "ARCHIVE", replace(cifar10.ARCHIVE, url=url))

    yield serve
    for one in running:
        one.shutdown()
        one.server_close()


def test_a_download_is_verified_and_kept(official, server, capsys):
    archive = official(contents())
    server(archive.read_bytes())
    archive.unlink()
    assert len(load(archive).train_labels) == 100
    assert "100 %" in capsys.readouterr().err
    assert [p.name for p in archive.parent.iterdir()] == [cifar10.ARCHIVE.name]


@pytest.mark.parametrize("announced", [None, 10_000_000])
def test_a_download_that_breaks_off_leaves_nothing(official, server, announced):
    archive = official(contents())
    server(archive.read_bytes()[:-10], announced)
    archive.unlink()
    with pytest.raises(AblateError, match="by hand"):
        load(archive)
    assert list(archive.parent.iterdir()) == []


def test_a_wrong_download_leaves_nothing(official, server):
    archive = official(contents())
    server(b"?" * 1000)
    archive.unlink()
    with pytest.raises(AblateError, match=r"What came from .* its md5 is"):
        load(archive)
    assert list(archive.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["../escape", "/etc/escape", "cifar-10-batches-py/../../escape"])
def test_nothing_is_unpacked_wherever_a_member_points(official, tmp_path, name):
    load(official({**contents(), name: b"x"}))
    assert [path.name for path in tmp_path.rglob("*")] == [cifar10.ARCHIVE.name]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_a_link_or_device_is_never_followed(official, kind):
    member = tarfile.TarInfo(cifar10.TEST)
    member.type, member.linkname = kind, "/etc/passwd"
    others = {name: content for name, content in contents().items() if name != cifar10.TEST}
    with pytest.raises(AblateError, match=f"lacks {cifar10.TEST}"):
        load(official({"link": member, **others}))


def test_a_stream_that_ends_early_is_one_message(official, monkeypatch):
    archive = official(contents())
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    with pytest.raises(AblateError, match="cannot be read, it may be cut short"):
        cifar10.read(archive, {})


def test_missing_members_are_named(official):
    members = contents()
    del members[cifar10.TEST]
    with pytest.raises(AblateError, match="lacks cifar-10-batches-py/test_batch"):
        load(official(members))


@pytest.mark.parametrize(
    "broken",
    [
        {"data": np.zeros((3, 3072), np.uint8), "labels": [0, 1]},
        {"data": np.zeros((2, 3071), np.uint8), "labels": [0, 1]},
        {"data": np.zeros((2, 3072), np.float32), "labels": [0, 1]},
        {"labels": [0, 1]},
        {"data": np.zeros((2, 3072), np.uint8)},
    ],
)
def test_a_batch_of_another_shape_is_named(official, broken):
    with pytest.raises(AblateError, match="test_batch does not hold as many images as labels"):
        load(official({**contents(), cifar10.TEST: python2(broken)}))


class Runs:
    """Unpickling it without restriction would call print."""

    def __reduce__(self):
        return print, ("ran",)


def test_a_pickle_that_names_a_function_is_refused(official, capsys):
    with pytest.raises(AblateError, match=r"test_batch is refused.*names builtins\.print"):
        load(official({**contents(), cifar10.TEST: pickle.dumps(Runs())}))
    assert "ran" not in capsys.readouterr().out


@pytest.mark.parametrize("module", ["os", "numpy", "numpy.core.multiarray", "builtins"])
def test_only_what_arrays_need_can_be_named(module):
    name = {"os": "system", "numpy": "load", "builtins": "eval"}.get(module, "fromfile")
    with pytest.raises(AblateError, match=f"names {module}.{name}"):
        unpickle_arrays(f"c{module}\n{name}\n.".encode())


@pytest.mark.parametrize("content", [b"", b"garbage", pickle.dumps([1, 2])])
def test_what_is_no_pickled_dict_is_refused(content):
    with pytest.raises(AblateError, match="is refused"):
        unpickle_arrays(content)


def test_arrays_of_todays_numpy_are_read_too():
    found = unpickle_arrays(pickle.dumps({b"data": np.arange(6, dtype=np.uint8).reshape(2, 3)}, 4))
    assert found[b"data"].tolist() == [[0, 1, 2], [3, 4, 5]]
