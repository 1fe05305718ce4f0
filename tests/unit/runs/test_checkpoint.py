import json
import resource
from pathlib import Path

import pytest
import torch
from fake_runs import provenance, vouch

from ablate.errors import AblateError
from ablate.runs import checkpoint


def network():
    layer = torch.nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    return layer.state_dict()


@pytest.fixture
def path(tmp_path):
    checkpoint.write(tmp_path, network(), None, provenance())
    vouch(tmp_path)
    return tmp_path / "checkpoint.pt"


def test_weights_and_provenance_come_back_and_torch_opens_them_safely(tmp_path):
    best, last = network(), network()
    checkpoint.write(tmp_path, best, last, provenance(seed=3))
    vouch(tmp_path)
    found = checkpoint.read(tmp_path)
    assert found["provenance"] == provenance(seed=3).model_dump(mode="json")
    for name in best:
        assert torch.equal(found["weights"][name], best[name])
        assert torch.equal(found["last"][name], last[name])
        assert found["weights"][name].is_contiguous()
    opened = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert json.loads(opened["provenance"])["seed"] == 3


def test_a_checkpoint_may_hold_no_weights(tmp_path):
    checkpoint.write(tmp_path, None, None, provenance())
    vouch(tmp_path)
    found = checkpoint.read(tmp_path)
    assert found["weights"] is None
    assert "last" not in found


@pytest.mark.parametrize("cut", [0, 1, 1000, -100])
def test_a_truncated_checkpoint_is_named(path, cut):
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(AblateError, match=r"checkpoint\.pt has been edited or cut short"):
        checkpoint.read(path.parent)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_flipped_bit_is_told_by_the_record_beside_it(path, place):
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)
    with pytest.raises(AblateError, match=r"training\.json has another sha256 of it"):
        checkpoint.read(path.parent)


def test_a_pickle_that_would_run_code_does_not(path):
    sprung = path.parent / "sprung"

    class Trap:
        def __reduce__(self):
            return (Path.touch, (sprung,))

    torch.save({"weights": {"weight": Trap()}, "provenance": "{}"}, path)
    # Even where the record vouches for it.
    vouch(path.parent)
    with pytest.raises(AblateError, match="more than tensors and text"):
        checkpoint.read(path.parent)
    assert not sprung.exists()
    torch.load(path, weights_only=False)
    assert sprung.exists(), "the trap would have sprung"


def test_a_missing_checkpoint_is_said_to_be_missing(path):
    path.unlink()
    with pytest.raises(AblateError, match=r"checkpoint\.pt does not exist"):
        checkpoint.read(path.parent)


def test_something_else_is_no_checkpoint(path):
    path.write_text("hello")
    vouch(path.parent)
    with pytest.raises(AblateError, match="is no checkpoint"):
        checkpoint.read(path.parent)
    torch.save([1, 2], path)
    vouch(path.parent)
    with pytest.raises(AblateError, match="is no checkpoint"):
        checkpoint.read(path.parent)


def test_a_full_disk_leaves_the_old_checkpoint_and_one_message(path):
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A file may not grow beyond 500 bytes: to a writer it looks like a disk that is full.
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(AblateError, match="could not be written"):
            checkpoint.write(path.parent, network(), None, provenance())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} == {path.name, "training.json"}
