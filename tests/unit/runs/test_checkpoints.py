import hashlib
import json
import resource
from pathlib import Path

import pytest
import torch

from ablate.errors import AblateError
from ablate.runs import checkpoints


def network():
    layer = torch.nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    return layer.state_dict()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "checkpoint.pt"
    checkpoints.write(path, network(), None, {"run": "r", "seed": 0})
    return path


def test_weights_and_provenance_come_back_and_torch_opens_them_safely(tmp_path):
    path, best, last = tmp_path / "checkpoint.pt", network(), network()
    checkpoints.write(path, best, last, {"run": "r", "seed": 3})
    found = checkpoints.read(path)
    assert found["provenance"] == {"run": "r", "seed": 3}
    for name in best:
        assert torch.equal(found["weights"][name], best[name])
        assert torch.equal(found["last"][name], last[name])
        assert found["weights"][name].is_contiguous()
    assert json.loads(torch.load(path, weights_only=True)["provenance"])["seed"] == 3


def test_a_checkpoint_may_hold_no_weights(tmp_path):
    checkpoints.write(tmp_path / "checkpoint.pt", None, None, {})
    found = checkpoints.read(tmp_path / "checkpoint.pt")
    assert found["weights"] is None
    assert "last" not in found


def test_a_truncated_checkpoint_is_named(path):
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AblateError, match=r"checkpoint\.pt is no whole checkpoint"):
        checkpoints.read(path)


def test_a_flipped_bit_is_told_by_the_record_beside_it(path):
    content = bytearray(path.read_bytes())
    digest = hashlib.sha256(content).hexdigest()
    (path.parent / "training.json").write_text(json.dumps({"outputs": {path.name: digest}}))
    checkpoints.read(path)
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(AblateError, match=r"its sha256 is not the one in training\.json"):
        checkpoints.read(path)


def test_a_pickle_that_would_run_code_does_not(tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    torch.save({"weights": Trap(), "provenance": "{}"}, tmp_path / "checkpoint.pt")
    with pytest.raises(AblateError, match="more than tensors and text"):
        checkpoints.read(tmp_path / "checkpoint.pt")
    assert not (tmp_path / "sprung").exists()


def test_a_missing_checkpoint_is_said_to_be_missing(tmp_path):
    with pytest.raises(AblateError, match="is not there"):
        checkpoints.read(tmp_path / "checkpoint.pt")


def test_something_else_is_no_checkpoint(tmp_path):
    (tmp_path / "checkpoint.pt").write_text("hello")
    with pytest.raises(AblateError, match="is no whole checkpoint"):
        checkpoints.read(tmp_path / "checkpoint.pt")
    torch.save([1, 2], tmp_path / "checkpoint.pt")
    with pytest.raises(AblateError, match="is no whole checkpoint"):
        checkpoints.read(tmp_path / "checkpoint.pt")


def test_a_full_disk_leaves_the_old_checkpoint_and_one_message(path):
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A file may not grow beyond 500 bytes: to a writer it looks like a disk that is full.
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(AblateError, match="could not be written"):
            checkpoints.write(path, network(), None, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
