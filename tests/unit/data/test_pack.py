"""Packing: equal pixels give equal bytes; loading trusts nothing but the digest."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from asking import asked
from PIL import Image

from ablate.data import shared
from ablate.data.dataset import digest, load
from ablate.data.manifest import Manifest
from ablate.data.pack import channel_statistics, pack
from ablate.errors import AblateError
from ablate.steps import pack as step

SETTINGS = {"source": "synthetic", "train": 40, "test": 20, "seed": 3, "size": 16}
FILES = ("manifest.json", "images.npz")


@pytest.fixture
def packed(tmp_path):
    pack(SETTINGS, tmp_path)
    return tmp_path


def bytes_of(folder):
    return [(folder / name).read_bytes() for name in FILES]


def test_packing_again_gives_the_same_bytes(packed, monkeypatch):
    before = bytes_of(packed)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 10**8)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(now + 10**8))
    pack(SETTINGS, packed)
    assert bytes_of(packed) == before
    assert sorted(p.name for p in packed.iterdir()) == sorted(FILES)


def tree(root):
    for part, count in (("train", 4), ("test", 2)):
        for label in ("a", "b"):
            (root / part / label).mkdir(parents=True)
            for i in range(count):
                pixels = np.random.default_rng([i, count, ord(label)]).integers(0, 256, (6, 6, 3))
                Image.fromarray(pixels.astype(np.uint8)).save(root / part / label / f"{i}.png")
    return {"source": "folder", "name": "tiny", "path": str(root), "resize": None}


def test_the_same_pixels_from_another_path_give_the_same_bytes(tmp_path):
    settings = tree(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "elsewhere" / "two")
    pack(settings, tmp_path / "p1")
    pack({**settings, "path": str(tmp_path / "elsewhere" / "two")}, tmp_path / "p2")
    assert bytes_of(tmp_path / "p1") == bytes_of(tmp_path / "p2")
    assert str(tmp_path).encode() not in b"".join(bytes_of(tmp_path / "p1"))


def test_the_manifest_says_what_the_images_are(tmp_path):
    manifest = pack({**tree(tmp_path / "x"), "train_images": 6}, tmp_path / "p")
    data = load(tmp_path / "p")
    written = json.loads((tmp_path / "p" / "manifest.json").read_text())
    assert written == json.loads(manifest.model_dump_json())
    assert data.manifest == manifest
    assert [*written] == [*Manifest.model_fields]
    counts = [written[k] for k in ("train", "test", "train_of", "test_of")]
    assert counts == [6, 4, 8, 4]
    assert written["size"] == [6, 6]
    assert (written["name"], written["classes"]) == ("tiny", ["a", "b"])
    assert (written["source"], written["synthetic"]) == ("folder", False)
    scaled = data.train_images / 255
    assert written["mean"] == pytest.approx(scaled.mean((0, 2, 3)), rel=1e-12)
    assert written["std"] == pytest.approx(scaled.std((0, 2, 3)), rel=1e-12)


def test_loading_gives_what_was_packed(packed):
    from ablate.data import canonical, synthetic

    images, data = canonical.ordered(synthetic.load(SETTINGS)), load(packed)
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        assert np.array_equal(getattr(data, name), getattr(images, name))
        assert getattr(data, name).dtype == getattr(images, name).dtype


def test_statistics_of_a_constant_channel_are_exact():
    images = np.zeros((3, 3, 4, 4), np.uint8)
    images[:, 1], images[:, 2] = 255, np.arange(16).reshape(4, 4) % 2 * 255
    assert channel_statistics(images) == ([0.0, 1.0, 0.5], [0.0, 0.0, 0.5])


def test_the_digest_covers_pixels_labels_and_their_parts():
    arrays = {
        "train_images": np.arange(24, dtype=np.uint8).reshape(2, 3, 2, 2),
        "train_labels": np.array([0, 1]),
        "test_images": np.arange(24, dtype=np.uint8).reshape(2, 3, 2, 2),
        "test_labels": np.array([0, 1]),
    }
    digests = {digest(arrays)}
    for name, array in arrays.items():
        changed = array.copy()
        changed.flat[-1] += 1
        digests.add(digest({**arrays, name: changed}))
    digests.add(digest({**arrays, "train_images": arrays["train_images"].reshape(2, 3, 1, 4)}))
    assert len(digests) == 6
    assert digest({**arrays, "train_labels": np.array([0, 1], np.uint8)}) in digests


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_says_what_to_run(packed, name):
    (packed / name).unlink()
    with pytest.raises(AblateError, match=rf"{name}.*`-R pack`"):
        load(packed)


def damages(content):
    """The file cut short, emptied, replaced, and with single bytes changed all through it."""
    yield from (b"", content[:100], content[:-30], b"something else" * 50)
    for place in np.linspace(0, len(content) - 1, 150).astype(int):
        yield content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :]


def loaded(folder):
    """The packed images, or the message that comes instead."""
    try:
        return load(folder)
    except AblateError as error:
        return str(error)


def test_no_damage_to_the_images_goes_unnoticed(packed):
    path = packed / "images.npz"
    whole, sound = path.read_bytes(), load(packed)
    noticed = 0
    for damaged in damages(whole):
        path.write_bytes(damaged)
        found = loaded(packed)
        if isinstance(found, str):
            noticed += 1
            assert "`-R pack`" in found
        else:
            # A byte of the zip's own book-keeping may not matter; the images always do.
            assert np.array_equal(found.train_images, sound.train_images)
            assert np.array_equal(found.test_labels, sound.test_labels)
    assert noticed > 140


def test_what_packing_again_would_not_cure_advises_no_packing(packed, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    for owner, name in ((Path, "read_bytes"), (np, "load")):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, refused)
            with pytest.raises(AblateError, match=r"cannot be read: Permission denied$"):
                load(packed)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}'])
def test_a_damaged_manifest_says_what_to_run(packed, text):
    (packed / "manifest.json").write_text(text)
    with pytest.raises(
        AblateError, match=r"manifest\.json is damaged; to pack the images again, add `-R pack`"
    ):
        load(packed)


def test_images_of_another_manifest_are_refused(packed, tmp_path):
    pack({**SETTINGS, "seed": 4}, tmp_path / "other")
    shutil.copy(tmp_path / "other" / "images.npz", packed)
    with pytest.raises(AblateError, match="does not hold the images that its manifest describes"):
        load(packed)


def test_the_step_packs_and_reports(tmp_path, capsys):
    out = tmp_path / "data" / "manifest.json"
    assert step.main(asked(SETTINGS, tmp_path, [out])) == 0
    assert "40 training and 20 test images of 10 classes, 16x16" in capsys.readouterr().out
    assert len(load(out.parent).train_labels) == 40


def test_the_step_fails_with_one_line(tmp_path, capsys):
    request = {"source": "folder", "name": "x", "path": str(tmp_path / "none")}
    assert step.main(asked(request, tmp_path, [tmp_path / "manifest.json"])) == 1
    assert capsys.readouterr().err.startswith("error: data.path: ")
    assert not (tmp_path / "manifest.json").exists()


def test_test_images_that_are_trained_on_are_said(tmp_path):
    settings = tree(tmp_path / "pictures")
    assert pack(settings, tmp_path).test == 4
    assert shared.caution(tmp_path) is None
    assert not (tmp_path / shared.FILE).exists()
    # In another class and under another name: still the same picture.
    shutil.copy(tmp_path / "pictures/test/a/1.png", tmp_path / "pictures/train/b/copy.png")
    pack(settings, tmp_path)
    assert shared.caution(tmp_path) == (
        "1 of 4 test images is a training image too, pixel for pixel: accuracies look better than "
        "they are."
    )
    (tmp_path / "pictures/train/b/copy.png").unlink()
    pack(settings, tmp_path)
    assert shared.caution(tmp_path) is None


def test_images_beyond_memory_are_one_message(tmp_path, capsys):
    images = {**SETTINGS, "train": 10**15}
    assert step.main(asked(images, tmp_path, [tmp_path / "manifest.json"])) == 1
    assert capsys.readouterr().err.startswith(
        "error: data: the images do not fit into this machine's memory; take smaller ones, or fewer"
    )


def test_one_class_is_no_question(tmp_path):
    settings = tree(tmp_path / "pictures")
    for part in ("train", "test"):
        shutil.rmtree(tmp_path / "pictures" / part / "b")
    with pytest.raises(
        AblateError, match=r"data: found one class, 'a', .* two at least are needed"
    ):
        pack(settings, tmp_path)
