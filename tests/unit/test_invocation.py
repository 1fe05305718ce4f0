"""Commands in messages mean the config that the user meant."""

import pytest

from ablate import invocation


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setenv(invocation.VARIABLE, "")


def test_a_command_has_nothing_more_where_nothing_was_given():
    invocation.note([], [])
    assert invocation.snakemake("a.csv") == "snakemake --cores 1 a.csv"


def test_a_command_carries_config_files_and_settings_behind_its_targets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Snakemake gives absolute paths, whatever was written.
    invocation.note([tmp_path / "my file.yaml", "b.yaml"], ["preset=demo", "seeds=[0, 1]"])
    given = "--configfile 'my file.yaml' b.yaml --config preset=demo 'seeds=[0, 1]'"
    assert invocation.snakemake("a.csv") == f"snakemake --cores 1 a.csv {given}"
    assert invocation.ablate("prune", "--remove") == f"ablate prune --remove {given}"
