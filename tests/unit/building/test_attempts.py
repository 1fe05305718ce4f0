import errno
from pathlib import Path

import pytest

from ablate.building import attempts, fence
from ablate.errors import AblateError

# Where stderr goes, unless a test says so: nowhere.
LOG = Path("no/such/log")


@pytest.fixture
def build(monkeypatch):
    monkeypatch.setenv(fence.VARIABLE, "this build")


def test_what_was_refused_is_not_tried_again_in_the_same_build(tmp_path, build, monkeypatch):
    attempts.begin(tmp_path, LOG)
    attempts.end(tmp_path, refused="out of memory with batch_size 128")
    with pytest.raises(AblateError, match=r"out of memory with batch_size 128 \(not tried again\)"):
        attempts.begin(tmp_path, LOG)
    monkeypatch.setenv(fence.VARIABLE, "the next")
    attempts.begin(tmp_path, LOG)


def test_only_attempts_without_a_word_count_as_killed(tmp_path, build, monkeypatch):
    attempts.begin(tmp_path, LOG)
    attempts.end(tmp_path)
    assert attempts.read(tmp_path).silent == 0
    attempts.begin(tmp_path, LOG)
    attempts.begin(tmp_path, LOG)
    attempts.end(tmp_path)
    assert attempts.read(tmp_path).silent == 1
    monkeypatch.setenv(fence.VARIABLE, "another build")
    assert attempts.read(tmp_path).silent == 0


def test_each_attempt_says_in_the_log_where_and_when_it_began(tmp_path, build, monkeypatch, capsys):
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    attempts.begin(tmp_path, LOG)
    attempts.begin(tmp_path, LOG)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("-- attempt 1, 20")
    assert second.startswith("-- attempt 2, 20")
    assert second.endswith("Slurm job 4711")


def test_a_training_started_by_hand_leaves_no_trace(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv(fence.VARIABLE, raising=False)
    attempts.begin(tmp_path, LOG)
    attempts.end(tmp_path, refused="whatever")
    attempts.begin(tmp_path, LOG)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""


def test_a_log_tells_of_all_attempts_though_snakemake_removes_it_before_each(
    tmp_path, build, monkeypatch
):
    log, state = tmp_path / "seed0.log", tmp_path / "state"
    state.mkdir()
    for number in (1, 2, 3):
        log.unlink(missing_ok=True)
        # As the rule's shell does: opened to append, line by line.
        with log.open("a", buffering=1) as stderr:
            monkeypatch.setattr("sys.stderr", stderr)
            attempts.begin(state, log)
            # Nothing is told of its end: it was killed.
            print(f"epoch {number} of 3", file=stderr)
    said = [line.partition(",")[0] for line in log.read_text().splitlines()]
    assert said == [
        *("-- attempt 1", "epoch 1 of 3"),
        *("-- attempt 2", "epoch 2 of 3"),
        *("-- attempt 3", "epoch 3 of 3"),
    ]


def test_where_a_file_has_one_name_only_an_attempt_goes_on_without(
    tmp_path, build, monkeypatch, capsys
):
    def refuse(*_, **__):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "log").touch()
    attempts.begin(tmp_path, tmp_path / "log")
    attempts.begin(tmp_path, tmp_path / "log")
    assert capsys.readouterr().err.splitlines()[1].startswith("-- attempt 2")
    assert not (tmp_path / attempts.LOG).exists()
