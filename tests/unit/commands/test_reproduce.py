"""How `ablate reproduce` trains its slice."""

import os
import signal
import sys
from types import SimpleNamespace

import pytest

from ablate.commands import reproduce
from ablate.errors import AblateError
from ablate.paths import Results, TrainingId


@pytest.fixture(autouse=True)
def nothing_ignored():
    """Signals as a terminal has them, also where these tests run in the background or by nohup."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in reproduce.STOPS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def train(root):
    reproduce._train(SimpleNamespace(results=Results(root)), [TrainingId("one", 0)])


def in_place_of_snakemake(monkeypatch, program):
    """Lets this program run instead; the command that was to run."""
    asked, begin = [], reproduce.subprocess.Popen

    def instead(command):
        asked.extend(command)
        return begin([sys.executable, "-c", program])

    monkeypatch.setattr(reproduce.subprocess, "Popen", instead)
    return asked


def test_it_trains_on_every_core_also_where_python_tells_no_affinity(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "sched_getaffinity")
    asked = in_place_of_snakemake(monkeypatch, "")
    train(tmp_path)
    assert asked[asked.index("--cores") + 1] == "all"
    assert asked[-1].endswith("runs/one/seed0/metrics.json")


def test_a_slice_that_fails_is_told(monkeypatch, tmp_path):
    in_place_of_snakemake(monkeypatch, "raise SystemExit(1)")
    with pytest.raises(AblateError, match="the slice could not be trained"):
        train(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_what_stops_it_stops_snakemake_which_ends_in_its_own_time(monkeypatch, tmp_path, number):
    program = f"""
import os, signal, threading
from pathlib import Path

saved = Path({str(tmp_path)!r}) / "saved"
told = threading.Event()
signal.signal({int(number)}, lambda *_: told.set())
os.kill(os.getppid(), {int(number)})
told.wait(60)
saved.touch()
"""
    in_place_of_snakemake(monkeypatch, program)
    with pytest.raises(AblateError, match="interrupted; the same command goes on"):
        train(tmp_path)
    assert (tmp_path / "saved").exists()
    assert signal.getsignal(number) == signal.SIG_DFL


def test_ctrl_c_reaches_snakemake_from_the_terminal_and_is_waited_for(monkeypatch, tmp_path):
    program = f"""
import os, signal, time
from pathlib import Path

os.kill(os.getppid(), signal.SIGINT)
time.sleep(0.5)
(Path({str(tmp_path)!r}) / "saved").touch()
"""
    in_place_of_snakemake(monkeypatch, program)
    with pytest.raises(AblateError, match="interrupted"):
        train(tmp_path)
    assert (tmp_path / "saved").exists()
