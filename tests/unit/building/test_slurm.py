import pytest

from ablate.building import slurm

# Lines of `scontrol show config`, Slurm 22.05.
PLAIN = """\
Configuration data as of 2024-05-01T10:00:00
AccountingStorageType   = accounting_storage/none
MinJobAge               = 300 sec
PreemptMode             = REQUEUE
PreemptType             = preempt/partition_prio
"""


@pytest.fixture
def scontrol(tmp_path, monkeypatch):
    """Stands in for scontrol, with these words to say."""

    def says(text):
        program = tmp_path / "scontrol"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}END\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    return says


@pytest.mark.parametrize("nothing", ["accounting_storage/none", "(null)"])
def test_a_slurm_without_accounts_is_known(scontrol, nothing):
    # Newer ones have no plugin for that: what is not set is (null).
    scontrol(PLAIN.replace("accounting_storage/none", nothing))
    found = slurm.configuration()
    assert slurm.keeps_no_accounts(found)
    assert slurm.advice(found) == []
    scontrol(PLAIN.replace("/none", "/slurmdbd"))
    assert not slurm.keeps_no_accounts(slurm.configuration())


def test_what_would_leave_snakemake_waiting_is_said(scontrol):
    scontrol(PLAIN.replace("REQUEUE", "GANG,CANCEL").replace("300", "10"))
    preempted, forgotten = slurm.advice(slurm.configuration())
    assert "scontrol requeue JOB" in preempted
    assert "forgets a job 10 s after its end" in forgotten


def test_no_slurm_says_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert slurm.configuration() == {}
    assert slurm.advice({}) == []
