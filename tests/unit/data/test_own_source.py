"""Images that a function of one's own gives: packed like any, or refused in one message."""

import re

import numpy as np
import pytest
from asking import asked
from pydantic import ValidationError

from ablate.data.dataset import load
from ablate.data.pack import pack
from ablate.errors import AblateError
from ablate.planning import code
from ablate.settings import own
from ablate.settings.config import Config
from ablate.steps import pack as step

FILE = """
import numpy as np

def shapes(per_class: int, size: int = 16, broken: str = ""):
    draw = np.random.default_rng(0)
    names = ["square", "disc"]
    made = {}
    for part in ("train", "test"):
        labels = np.arange(2 * per_class) % 2
        images = draw.integers(0, 256, (2 * per_class, 3, size, size), dtype=np.uint8)
        made |= {f"{part}_images": images, f"{part}_labels": labels}
    made["classes"] = names
    exec(broken)
    return made

def fails():
    raise OSError("no such drive")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    own.use(tmp_path)
    yield tmp_path
    own.use(None)


def settings(**changes):
    written = {"source": "mine.shapes", "name": "shapes", "arguments": {"per_class": 6}, **changes}
    data = Config.model_validate(
        {
            "presets": {"paper": {}},
            "recipes": {},
            "studies": {"one": {"title": "One", "recipe": "r", "rows": {"a": {}}}},
            "data": written,
        }
    ).data
    return data.model_dump(mode="json", exclude={"holdout"})


def test_they_are_packed_like_any_images(tmp_path):
    manifest = pack(settings(), tmp_path / "packed")
    assert (manifest.name, manifest.source) == ("shapes", "mine.shapes")
    assert (manifest.classes, manifest.size, manifest.train) == (["disc", "square"], (16, 16), 12)
    assert np.bincount(load(tmp_path / "packed").train_labels).tolist() == [6, 6]
    few = pack(settings(train_images=4), tmp_path / "few")
    assert (few.train, few.train_of) == (4, 12)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("del made['classes']", r"returns \['test_images', .*\]; a dict of classes, train_images"),
        ("made['classes'] = ['a', 'a']", "classes: a list of different names is needed"),
        ("made['train_images'] = made['train_images'] / 255", r"found float64 \[12, 3, 16, 16\]"),
        ("made['test_images'] = made['test_images'][:, 0]", r"test_images: found uint8 \[12, 16"),
        ("made['train_labels'] = made['train_labels'][:3]", "a whole number for each of 12 images"),
        ("made['train_labels'] += 1", "labels from 1 to 2; there are 2 classes, so 0 to 1 are"),
        ("made['test_labels'] *= 0", "test_labels: there is no image of class 'disc'"),
        ("made['test_images'] = made['test_images'][..., 1:]", r"\(16, 16\) and test images \(16,"),
        ("made.clear(); made.update(zip('ab', 'cd'))", r"returns \['a', 'b'\]"),
    ],
)
def test_what_is_wrong_with_them_is_told(tmp_path, broken, said):
    asked = settings(arguments={"per_class": 6, "broken": broken})
    with pytest.raises(AblateError, match=said):
        pack(asked, tmp_path / "packed")
    assert not (tmp_path / "packed").exists()


def test_an_error_of_its_own_is_told_with_its_line(tmp_path):
    line = FILE[: FILE.index("raise OSError")].count("\n") + 1
    with pytest.raises(AblateError, match=rf"mine.fails fails: mine.py, line {line}: OSError: no"):
        pack(settings(source="mine.fails", arguments={}), tmp_path / "packed")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"source": "mine.shaeps"},
            "no class or function of this name stands in .*did you mean 'mine.shapes'",
        ),
        ({"source": "shapes"}, "unknown source 'shapes'"),
        ({"arguments": {}}, "mine.shapes needs the argument 'per_class'"),
        ({"arguments": {"per_class": 6, "szie": 8}}, "no argument 'szie'; did you mean 'size'"),
        ({"arguments": {"per_class": 0.5}}, "found 0.5, a whole number is needed"),
        ({"arguments": [1]}, "a mapping is needed"),
    ],
)
def test_a_mistake_in_the_config_is_told_when_it_is_read(changes, said):
    with pytest.raises(ValidationError, match=said):
        settings(**changes)


def test_arguments_at_their_defaults_are_left_out():
    assert settings(arguments={"per_class": 6, "size": 16}) == settings()


def test_an_edit_of_the_file_counts_for_the_images_it_gives_and_no_others(folder):
    def digests():
        chosen = ("ablate.data.own", "ablate.data.folder")
        return (
            code.digest("ablate.steps.pack", chosen[0], own.module("mine.shapes")),
            code.digest("ablate.steps.pack", chosen[1]),
        )

    before = digests()
    (folder / "mine.py").write_text(FILE.replace("default_rng(0)", "default_rng(1)"))
    assert digests()[0] != before[0]
    assert digests()[1] == before[1]


def test_code_that_ends_the_process_is_told(tmp_path, folder, capsys):
    (folder / "mine.py").write_text(f"{FILE}\nimport sys\nsys.exit(3)\n")
    request = asked(settings(), tmp_path, [tmp_path / "manifest.json"], extensions=folder)
    assert step.main(request) == 1
    assert re.search(r"^error: mine\.py, line \d+: SystemExit: 3$", capsys.readouterr().err, re.M)
