import pytest

from ablate.errors import AblateError
from ablate.planning import attempts, fence


@pytest.fixture
def build(monkeypatch):
    monkeypatch.setenv(fence.VARIABLE, "this build")


def test_what_was_refused_is_not_tried_again_in_the_same_build(tmp_path, build, monkeypatch):
    attempts.begin(tmp_path)
    attempts.end(tmp_path, refused="out of memory with batch_size 128")
    with pytest.raises(AblateError, match=r"out of memory with batch_size 128 \(not tried again\)"):
        attempts.begin(tmp_path)
    monkeypatch.setenv(fence.VARIABLE, "the next")
    attempts.begin(tmp_path)


def test_only_attempts_without_a_word_count_as_killed(tmp_path, build):
    attempts.begin(tmp_path)
    attempts.end(tmp_path)
    assert attempts.read(tmp_path).silent == 0
    attempts.begin(tmp_path)
    attempts.begin(tmp_path)
    attempts.end(tmp_path)
    assert attempts.read(tmp_path).silent == 1
    assert attempts.read(tmp_path, "another build").silent == 0


def test_each_attempt_says_in_the_log_where_and_when_it_began(tmp_path, build, monkeypatch, capsys):
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    attempts.begin(tmp_path)
    attempts.begin(tmp_path)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("-- attempt 1, 20")
    assert second.startswith("-- attempt 2, 20")
    assert second.endswith("Slurm job 4711")


def test_a_training_started_by_hand_leaves_no_trace(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv(fence.VARIABLE, raising=False)
    attempts.begin(tmp_path)
    attempts.end(tmp_path, refused="whatever")
    attempts.begin(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""
