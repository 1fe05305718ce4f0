"""Whatever a step writes appears whole or not at all, and what goes wrong is one message."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_training
from asking import asked
from fake_runs import measured_run, write_run
from hostile_disks import SmallDisk, unwritable
from small_results import study_request, write_data, write_study

from ablate.errors import AblateError
from ablate.files import DRAFT, write_whole
from ablate.paths import Results
from ablate.requests.figure import Drawing
from ablate.requests.page import Plain
from ablate.requests.study import AskedStudy, Heading
from ablate.steps import figure, metrics, pack, page, table, train

WORKFLOW = Path(__file__).parents[2] / "workflow"
ROOMS = (0, 4096, 16384, 65536, 262144, 2**20)


@pytest.fixture
def disk(tmp_path):
    small = SmallDisk(tmp_path / "disk")
    yield small
    small.close()


def drafts(folder: Path) -> list[Path]:
    return list(folder.rglob(f"{DRAFT}*"))


def test_a_written_file_has_the_rights_that_any_new_file_has(tmp_path):
    old = os.umask(0o027)
    try:
        with write_whole(tmp_path / "new/deep/file.txt") as draft:
            draft.write_text("whole")
    finally:
        os.umask(old)
    file = tmp_path / "new/deep/file.txt"
    assert file.read_text() == "whole"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_write_never_touches_the_umask_of_other_threads(tmp_path, monkeypatch):
    # A saved state is written beside the training: a file made in between would be open to all.
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("the whole process has one umask"))
    with write_whole(tmp_path / "file.txt") as draft:
        draft.write_text("whole")


def test_a_draft_that_cannot_be_removed_hides_no_message(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(AblateError, match="could not be written: No space left"):
        half_written(tmp_path / "file.txt", OSError(errno.ENOSPC, "No space left"))


@pytest.mark.parametrize("name", ["a.npz", "a.b.csv", "plain", "cifar.tar.gz"])
def test_a_draft_has_the_suffix_by_which_writers_choose_the_format(tmp_path, name):
    with write_whole(tmp_path / name) as draft:
        assert draft.suffix == Path(name).suffix
        assert draft.name.startswith(DRAFT)
        assert draft.parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_folder_is_brought_to_the_disk_after_the_rename(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(
        "ablate.files.os.fsync",
        lambda file: synced.append((os.readlink(f"/proc/self/fd/{file}"), path.exists())),
    )
    path = tmp_path / "table.csv"
    with write_whole(path) as draft:
        draft.write_text("a")
    (drafted, before), folder = synced
    assert Path(drafted).name.startswith(".draft-table-")
    assert not before
    assert folder == (str(tmp_path), True)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError(28, "No space left")])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, error):
    file = tmp_path / "file.txt"
    file.write_text("old")
    with pytest.raises((ValueError, KeyboardInterrupt, AblateError)):
        half_written(file, error)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def half_written(file: Path, error) -> None:
    with write_whole(file) as draft:
        draft.write_text("half of the n")
        raise error


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path):
    file = tmp_path / "file.txt"
    file.write_text("old")
    writer = (
        "import os, sys, signal\n"
        "from ablate.files import write_whole\n"
        "with write_whole(sys.argv[1]) as draft:\n"
        "    draft.write_text('half of the n')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", writer, str(file)], cwd=WORKFLOW, check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.read_text() == "old"
    assert len(drafts(tmp_path)) == 1


# Every step that writes: from a folder for its outputs and one for what it reads, how to call it.


def within(inputs: Path, out: Path) -> Path:
    """`out` as a folder of the results tree `inputs`."""
    inputs.mkdir(exist_ok=True)
    link = inputs / "out"
    if not link.exists():
        link.symlink_to(out, target_is_directory=True)
    return link


def packing(out: Path, inputs: Path) -> tuple:
    request = {"source": "synthetic", "train": 40, "test": 20, "size": 32, "seed": 0}
    return pack.main, asked(request, inputs, [within(inputs, out) / "manifest.json"])


def measuring(out: Path, inputs: Path) -> tuple:
    folder = Results(inputs).run("run", 0)
    folder.parent.mkdir(parents=True)
    folder.symlink_to(write_run(out), target_is_directory=True)
    outputs = [folder / "metrics.json"]
    return metrics.main, asked({"run": "run", "seed": 0}, inputs, outputs)


def tabulating(out: Path, inputs: Path, record: Path | None = None) -> tuple:
    request = study_request(inputs)
    for row in request["rows"]:
        measured_run(inputs, row["run"])
    outputs = [within(inputs, out) / f"activation.{suffix}" for suffix in ("csv", "md", "tex")]
    return table.main, asked(AskedStudy(**request).plain(), inputs, outputs, record=record)


def recording(out: Path, inputs: Path) -> tuple:
    return tabulating(inputs, inputs, within(inputs, out) / "activation.json")


def drawing(out: Path, inputs: Path) -> tuple:
    request = Drawing(name="residual_block").plain()
    outputs = [within(inputs, out) / f"residual_block.{suffix}" for suffix in ("png", "svg")]
    return figure.main, asked(request, inputs, outputs)


def describing(out: Path, inputs: Path) -> tuple:
    study = study_request(inputs)
    write_data(inputs)
    write_study(study, {row["name"]: [80.0] for row in study["rows"]})
    request = Plain(studies=(Heading(name=study["name"], title=study["title"]),))
    return page.main, asked(request.plain(), inputs, [within(inputs, out) / "report.md"])


def training(out: Path, inputs: Path) -> tuple:
    request = tiny_training.request(save_every_seconds=0)
    return train.main, tiny_training.arguments(inputs, request, out)


STEPS = [packing, measuring, tabulating, recording, drawing, describing, training]


@pytest.mark.parametrize("step", STEPS)
def test_a_full_disk_leaves_whole_files_and_one_message(step, disk, tmp_path, capsys):
    main, arguments = step(disk.folder, tmp_path / "inputs")
    before = contents(disk.folder)
    seen = {}
    for room in ROOMS:
        disk.fill(room)
        code = main(arguments)
        said = capsys.readouterr().err
        disk.empty()
        assert drafts(disk.folder) == []
        if not code:
            break
        assert code == 1
        message = last_line(said)
        assert message.startswith("error: ")
        assert "could not be written: " in message
        assert str(tmp_path) in message
        after = contents(disk.folder)
        assert {path: after.get(path) for path in before} == before
        seen |= {path: after[path] for path in after.keys() - before.keys()}
    assert code == 0
    assert room > 0
    whole = contents(disk.folder)
    assert disk.folder / "training.json" not in seen
    if step is training:
        # Its files tell of time, so they are never the same twice.
        assert all(file.exists() for file in seen)
    else:
        assert {path: whole[path] for path in seen} == seen


@pytest.mark.parametrize("step", STEPS)
def test_a_read_only_folder_is_one_message(step, tmp_path, capsys):
    out, inputs = tmp_path / "out", tmp_path / "inputs"
    out.mkdir()
    inputs.mkdir()
    main, arguments = step(out, inputs)
    before = contents(out)
    folders = [path for path in (out, *out.rglob("*")) if path.is_dir()]
    with unwritable(*folders):
        code = main(arguments)
    assert code == 1
    message = last_line(capsys.readouterr().err)
    assert message.startswith("error: ")
    assert "could not be written: Permission denied" in message
    assert contents(out) == before


def test_a_training_whose_state_has_no_place_is_one_message(tmp_path, capsys):
    main, arguments = training(tmp_path / "out", tmp_path)
    with unwritable(tmp_path):
        code = main(arguments)
    assert code == 1
    message = capsys.readouterr().err
    place = tiny_training.state(tmp_path) / "lock"
    assert message == f"error: {place} could not be written: Permission denied\n"
    assert not (tmp_path / "out").exists()


def test_a_training_whose_state_finds_a_full_disk_goes_on(disk, tmp_path, capsys):
    main, arguments = training(tmp_path / "out", tmp_path)
    (tmp_path / "state").symlink_to(disk.folder, target_is_directory=True)
    disk.fill(0)
    code = main(arguments)
    assert "the state of this training cannot be saved: " in capsys.readouterr().err
    # A limit that stands for the disk holds for the outputs too.
    assert code == (0 if disk.mounted else 1)
    assert (tmp_path / "out/training.json").exists() == disk.mounted


def test_a_training_whose_log_finds_a_full_disk_goes_on(tmp_path, monkeypatch):
    main, arguments = training(tmp_path / "out", tmp_path)
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(arguments) == 0
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()
    assert (tmp_path / "out/training.json").exists()


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]
