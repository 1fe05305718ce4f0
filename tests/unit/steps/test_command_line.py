"""How a step answers when its files go while it works."""

import pytest
from asking import asked

from ablate.steps.command_line import answer


def reads(path):
    return lambda request: path.read_bytes()


def test_a_file_that_was_removed_under_a_step_is_one_message(tmp_path, capsys):
    gone = tmp_path / "runs" / "a" / "seed0" / "history.csv"
    assert answer(reads(gone), asked({}, tmp_path, [])) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {gone} is gone: something removed it while tests/product")
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "records" / "product.json").exists()


def test_an_input_that_is_gone_is_one_message(tmp_path, capsys):
    inputs = [tmp_path / "data" / "manifest.json"]
    assert answer(lambda request: None, asked({}, tmp_path, [], inputs)) == 1
    assert f"{inputs[0]} is gone" in capsys.readouterr().err


def test_a_file_of_nobodys_that_is_missing_is_a_fault_of_ours(tmp_path):
    with pytest.raises(FileNotFoundError):
        answer(reads(tmp_path / "elsewhere"), asked({}, tmp_path / "results", []))
