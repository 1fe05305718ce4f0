"""Image trees: every kind of image file, and one message for every kind of wrong tree."""

import hashlib
import os
import re
import unicodedata

import numpy as np
import pytest
from PIL import Image

from ablate.data import folder
from ablate.data.decode import decode
from ablate.errors import AblateError


def picture(seed, size=(6, 5)):
    """A random RGB image, (width, height)."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def tree(tmp_path):
    """Two classes, of 4 and 3 images to train and 2 and 1 to test on."""
    for part, counts in (("train", (4, 3)), ("test", (2, 1))):
        for label, count in enumerate(counts):
            place = tmp_path / part / ("cat", "dog")[label]
            place.mkdir(parents=True)
            for i in range(count):
                picture((label, i, len(part))).save(place / f"{i}.png")
    return tmp_path


def load(root, **settings):
    return folder.load({"source": "folder", "name": "pets", "path": str(root), **settings})


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).transpose(2, 0, 1)


def test_images_come_in_the_order_of_sorted_paths(tree):
    (tree / "train" / "cat" / "3.png").rename(tree / "train" / "cat" / "10.png")
    images = load(tree)
    paths = sorted((tree / "train").glob("*/*"))
    assert np.array_equal(images.train_images, np.stack([pixels(p) for p in paths]))
    assert images.train_labels.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert images.test_labels.tolist() == [0, 0, 1]
    assert images.train_images.shape == (7, 3, 5, 6)
    assert images.train_images.dtype == np.uint8
    assert (images.name, images.classes) == ("pets", ["cat", "dog"])
    assert (images.train_of, images.test_of, images.synthetic) == (7, 3, False)


def test_processes_decode_what_one_does(tree, monkeypatch):
    alone = load(tree)
    monkeypatch.setattr(folder, "FEW", 2)
    monkeypatch.setattr(folder, "_cores", lambda: 2)
    together = load(tree)
    assert np.array_equal(alone.train_images, together.train_images)
    assert np.array_equal(alone.test_images, together.test_images)
    (tree / "test" / "dog" / "0.png").write_bytes(b"no image")
    with pytest.raises(AblateError, match=r"test/dog/0\.png cannot be decoded"):
        load(tree)


def test_hidden_files_are_ignored(tree):
    before = load(tree)
    (tree / "train" / "cat" / ".DS_Store").write_bytes(b"x")
    (tree / "train" / ".cache").mkdir()
    (tree / "train" / "readme.txt").write_text("not within a class")
    assert np.array_equal(load(tree).train_images, before.train_images)


def test_a_subset_is_fair_and_says_of_how_many(tree):
    images = load(tree, train_images=5, test_images=2)
    assert np.bincount(images.train_labels).tolist() == [3, 2]
    assert np.bincount(images.test_labels).tolist() == [1, 1]
    assert (images.train_of, images.test_of) == (7, 3)
    with pytest.raises(AblateError, match=r"data\.test_images: 4 images are asked for"):
        load(tree, test_images=4)


def test_a_subset_takes_the_smallest_digests_of_each_class(tree):
    images = load(tree, train_images=5)
    cats = [pixels(path) for path in (tree / "train" / "cat").iterdir()]
    wanted = sorted(hashlib.sha256(cat.tobytes()).digest() for cat in cats)[:3]
    found = images.train_images[images.train_labels == 0]
    assert sorted(hashlib.sha256(cat.tobytes()).digest() for cat in found) == wanted


@pytest.mark.parametrize(("resize", "shape"), [(8, (8, 8)), ([4, 9], (4, 9))])
def test_resize_brings_all_to_one_size(tree, resize, shape):
    picture(9, (31, 17)).save(tree / "train" / "cat" / "9.png")
    images = load(tree, resize=resize)
    assert images.train_images.shape[2:] == shape
    assert images.test_images.shape[2:] == shape


def test_resizing_averages_over_the_pixels_it_merges(tmp_path):
    board = np.indices((32, 16)).sum(0) % 2 * 255
    Image.fromarray(board.astype(np.uint8)).save(tmp_path / "board.png")
    small = decode(tmp_path / "board.png", (8, 4)).astype(int)
    assert small.shape == (8, 4, 3)
    assert abs(small - 127).max() < 10


def refusal(tree, **settings):
    with pytest.raises(AblateError) as caught:
        load(tree, **settings)
    return str(caught.value)


def test_different_sizes_name_two_images(tree):
    picture(9, (7, 5)).save(tree / "test" / "cat" / "9.png")
    message = refusal(tree)
    assert "train/cat/0.png is 5x6" in message
    assert "test/cat/9.png is 5x7" in message
    assert "data.resize" in message


def test_a_missing_part_is_named(tree):
    (tree / "test").rename(tree / "val")
    assert re.search(r"has no folder test/; a tree of train/<class>/\*", refusal(tree))
    assert "no folder train/" in refusal(tree / "nowhere")


def test_a_part_without_classes_is_named(tree):
    for part in ("train", "test"):
        for place in (tree / part).iterdir():
            for file in place.iterdir():
                file.rename(tree / part / f"{place.name}{file.name}")
            place.rmdir()
    assert f"{tree / 'train'} holds no folders" in refusal(tree)


def test_a_class_without_images_is_named(tree):
    (tree / "train" / "emu").mkdir()
    (tree / "train" / "emu" / ".hidden").touch()
    assert f"{tree / 'train' / 'emu'} holds no images" in refusal(tree)


def test_a_folder_within_a_class_is_named(tree):
    (tree / "train" / "cat" / "more").mkdir()
    assert f"{tree / 'train' / 'cat' / 'more'} is a folder" in refusal(tree)


def test_classes_of_one_part_only_are_named(tree):
    (tree / "test" / "dog").rename(tree / "test" / "ewe")
    message = refusal(tree)
    assert f"{tree / 'train' / 'dog'} is a class that test/ lacks" in message
    assert f"{tree / 'test' / 'ewe'} is a class that train/ lacks" in message


def test_every_bad_file_is_named(tree, monkeypatch):
    whole = (tree / "test" / "dog" / "0.png").read_bytes()
    bad = {
        tree / "train" / "cat" / "0.png": b"",
        tree / "train" / "dog" / "1.png": b"text",
        tree / "test" / "cat" / "1.png": whole[:60],
        tree / "test" / "dog" / "0.png": whole[:-30],
    }
    for file, content in bad.items():
        file.write_bytes(content)
    for cores in (1, 2):
        monkeypatch.setattr(folder, "FEW", 10**9 if cores == 1 else 2)
        monkeypatch.setattr(folder, "_cores", lambda: 2)
        # Of a subset, too, every file is looked at: which ones are in it depends on their pixels.
        for settings in ({}, {"train_images": 4}):
            message = refusal(tree, **settings)
            assert all(f"{file} cannot be decoded as an image: " in message for file in bad)
            assert len(message.splitlines()) == len(bad)


def test_of_very_many_bad_files_the_first_are_named(tree):
    for i in range(30):
        (tree / "train" / "cat" / f"bad{i:02}.png").write_bytes(b"text")
    message = refusal(tree)
    assert message.count("cannot be decoded") == 20
    assert message.endswith("and 10 more")


@pytest.mark.parametrize("name", ["Thumbs.db", "thumbs.db", ".DS_Store", "desktop.ini", "@eaDir"])
def test_what_file_managers_leave_is_passed_over(tree, name):
    before = load(tree)
    (tree / "train" / "dog" / name).write_bytes(b"not an image")
    assert np.array_equal(load(tree).train_images, before.train_images)


def test_a_class_name_that_is_not_utf8_is_refused(tree):
    for part in ("train", "test"):
        place = os.fsencode(tree / part) + b"/caf\xe9"
        os.mkdir(place)
        picture(1).save(os.fsdecode(place + b"/1.png"))
    message = refusal(tree)
    assert message.count("has a name that is not UTF-8; rename this folder") == 2
    assert "train/caf" in message


def test_unprintable_class_names_are_refused(tree):
    (tree / "train" / "dog").rename(tree / "train" / "do\ng")
    assert "has an unprintable name" in refusal(tree)


def test_one_name_in_two_unicode_forms_is_one_class(tree):
    for part, form in (("train", "NFC"), ("test", "NFD")):
        (tree / part / "dog").rename(tree / part / unicodedata.normalize(form, "café"))
    assert load(tree).classes == ["café", "cat"]


def test_one_name_in_two_unicode_forms_in_one_part_is_refused(tree):
    for form in ("NFC", "NFD"):
        place = tree / "train" / unicodedata.normalize(form, "café")
        place.mkdir()
        picture(1).save(place / "1.png")
    assert "in other Unicode characters" in refusal(tree)


def test_links_that_lead_nowhere_are_named(tree):
    image, whole_class = tree / "train" / "cat" / "gone.png", tree / "train" / "ewe"
    image.symlink_to(tree / "nowhere.png")
    whole_class.symlink_to(tree / "nowhere")
    loop = tree / "train" / "dog" / "loop.png"
    loop.symlink_to(loop)
    message = refusal(tree)
    assert f"{image} is a link that leads nowhere" in message
    assert f"{whole_class} is a link that leads nowhere" in message
    assert f"{loop} cannot be read: Too many levels of symbolic links" in message


def test_a_class_folder_that_cannot_be_read_is_named(tree, monkeypatch):
    # File modes do not bind root, so the system's answer is put in its place.
    listdir = os.listdir

    def refused(place):
        if str(place).endswith("train/dog"):
            raise PermissionError(13, "Permission denied")
        return listdir(place)

    monkeypatch.setattr(os, "listdir", refused)
    assert f"{tree / 'train' / 'dog'} cannot be read: Permission denied" in refusal(tree)


def test_a_pipe_among_the_images_is_named_and_not_waited_for(tree):
    os.mkfifo(tree / "train" / "cat" / "pipe.png")
    assert "pipe.png is not a regular file" in refusal(tree)


def saved(tmp_path, image, suffix="png", **options):
    path = tmp_path / f"image.{suffix}"
    image.save(path, **options)
    return decode(path)


def test_grey_and_bilevel_fill_three_channels(tmp_path):
    grey = picture(0).convert("L")
    found = saved(tmp_path, grey)
    assert np.array_equal(found, np.repeat(np.asarray(grey)[..., None], 3, 2))
    assert set(saved(tmp_path, grey.convert("1")).flatten().tolist()) <= {0, 255}


def test_palette_gives_its_colours(tmp_path):
    image = picture(0).quantize(8)
    assert np.array_equal(saved(tmp_path, image), np.asarray(image.convert("RGB")))


def test_cmyk_gives_its_colours(tmp_path):
    cyan = Image.new("CMYK", (4, 4), (255, 0, 0, 0))
    assert saved(tmp_path, cyan, "tiff")[0, 0].tolist() == [0, 255, 255]
    assert abs(saved(tmp_path, cyan, "jpg")[0, 0].astype(int) - [0, 255, 255]).max() < 5


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_show_white(tmp_path, mode):
    image = picture(0).convert(mode)
    image.putalpha(Image.fromarray(np.array([[0, 255, 128, 255, 255, 255]] * 5, np.uint8)))
    found = saved(tmp_path, image).astype(int)
    visible = picture(0).convert(mode[:-1]).convert("RGB")
    opaque = np.asarray(visible).astype(int)
    assert (found[:, 0] == 255).all()
    assert np.array_equal(found[:, [1, 3, 4, 5]], opaque[:, [1, 3, 4, 5]])
    blend = opaque[:, 2] * 128 / 255 + 255 * 127 / 255
    assert abs(found[:, 2] - blend).max() <= 1


def test_a_transparent_palette_entry_shows_white(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    assert saved(tmp_path, image, transparency=0).tolist() == [[[255] * 3, [40, 50, 60]]]


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bit_grey_is_rounded_to_8(tmp_path, suffix):
    values = np.array([[0, 128, 129, 257, 32768, 65406, 65407, 65535]], np.uint16)
    found = saved(tmp_path, Image.fromarray(values), suffix)[0]
    assert np.array_equal(found[:, 0], np.round(values[0] / 257))
    assert (found == found[:, :1]).all()


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_numbers_of_unknown_range_are_refused(tmp_path, kind):
    image = Image.fromarray(np.full((2, 2), 100000, kind))
    with pytest.raises(AblateError, match=r"image\.tiff cannot be decoded.*8 or 16 bits"):
        saved(tmp_path, image, "tiff")


def test_an_animation_gives_its_first_frame(tmp_path):
    frames = [Image.new("RGB", (3, 3), c) for c in ((250, 0, 0), (0, 250, 0))]
    found = saved(tmp_path, frames[0], "gif", save_all=True, append_images=frames[1:])
    assert found[0, 0].tolist() == [250, 0, 0]
