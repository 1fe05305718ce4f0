"""What a training says of one's own code that gives what nothing can go on with."""

import sys

import pytest
from asking import asked
from tiny_training import DATA, request, settings

from ablate.data.dataset import save
from ablate.settings import own
from ablate.steps import train

FILE = """
import torch
from torch import nn

class Detached(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.head = nn.Linear(3, classes)
    def forward(self, images):
        return self.head(images.mean((2, 3))).detach()

def vector(outputs, labels):
    return nn.functional.cross_entropy(outputs, labels, reduction="none")

def nothing(images):
    pass
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == own.PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "mine.py").write_text(FILE)
    own.use(tmp_path)
    yield tmp_path
    own.use(None)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"model": {"name": "mine.Detached"}}, "RuntimeError: element 0 of tensors does not"),
        ({"loss": "mine.vector"}, "RuntimeError: grad can be implicitly created only for scalar"),
        ({"augmentation": {"mine.nothing": {}}}, "AttributeError: 'NoneType' object has no"),
    ],
)
def test_its_file_is_named(folder, capsys, chosen, said):
    arrays = {name: getattr(DATA, name) for name in vars(DATA) if name != "manifest"}
    save(arrays, DATA.manifest, folder / "data")
    wanted = {name: value for name, value in request(settings(**chosen)).items() if name != "code"}
    command = asked(
        wanted,
        folder,
        [folder / "run/checkpoint.pt"],
        [folder / "data/manifest.json"],
        folder / "run/training.json",
        ["ablate_extensions.mine"],
        folder,
    )
    assert train.main(command) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"error: {said}")
    assert "this run has code of your own, in mine.py; docs/own-code.md says" in last
