"""A build can be seen where monitors of Snakemake look."""

import os

from ablate.building import monitors


def test_a_build_is_seen_until_it_ends_and_a_killed_one_is_forgotten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(monitors.atexit, "register", lambda _: None)
    monitors.FOLDER.mkdir(parents=True)
    (monitors.FOLDER / "4194305.ablate").touch()  # above the largest process id
    (monitors.FOLDER / "0.input.lock").touch()  # Snakemake's own
    monitors.appear()
    assert {path.name for path in monitors.FOLDER.iterdir()} == {
        f"{os.getpid()}.ablate",
        "0.input.lock",
    }
    monitors.disappear()
    assert [path.name for path in monitors.FOLDER.iterdir()] == ["0.input.lock"]


def test_a_folder_that_cannot_be_made_stops_no_build(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake").touch()
    monitors.appear()
    monitors.disappear()
