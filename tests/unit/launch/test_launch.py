"""A job that the launcher forks is as one that starts alone."""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import tiny_training

from ablate.launch import client, server, starting

WORKFLOW = Path(__file__).parents[3] / "workflow"
JOBS = """
import os, signal, sys, time

def main(argv):
    what = argv[0]
    if what == "look":
        print(os.getcwd(), os.environ["WORD"], os.environ.get("OTHER"), os.getppid())
        print("an error", file=sys.stderr)
        return 7
    if what == "wait":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
        print(os.getpid(), flush=True)
        time.sleep(60)
    if what == "raise":
        raise RuntimeError("a bug")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
"""
# What a server loads for these tests: enough to train in the last of them.
SERVER = """
import sys
from ablate.launch import server
server.LOADED = ("ablate.job.run", "ablate.steps.train")
server.CALLED = ()
sys.exit(server.main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that is on Python's path, with jobs to be run."""
    made = tmp_path_factory.mktemp("jobs")
    (made / "jobs_to_run.py").write_text(JOBS)
    return made


@pytest.fixture(scope="module")
def place(folder, tmp_path_factory):
    """Where a server listens."""
    place = tmp_path_factory.mktemp("place") / "launcher"
    server = serving(place, folder)
    while not place.exists():
        assert server.poll() is None
        time.sleep(0.02)
    yield place
    server.terminate()
    server.wait()


def serving(place: Path, folder: Path) -> subprocess.Popen:
    command = [sys.executable, "-c", SERVER, str(place), str(os.getpid())]
    return subprocess.Popen(command, env=environment(folder))


def environment(folder: Path, **more: str) -> dict[str, str]:
    path = f"{WORKFLOW}:{folder}"
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **more}


def started(place: Path, folder: Path, *argv: str, cwd: Path | None = None, **more: str):
    return subprocess.Popen(
        [sys.executable, "-I", "-S", client.__file__, *argv],
        env=environment(folder, **{client.PLACE: str(place), **more}),
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_job_has_its_own_folder_environment_files_and_exit_code(place, folder, tmp_path):
    job = started(place, folder, "jobs_to_run", "look", cwd=tmp_path, WORD="one")
    said, errors = job.communicate()
    assert said.split()[:3] == [str(tmp_path), "one", "None"]
    assert int(said.split()[3]) not in (os.getpid(), job.pid)
    assert errors == "an error\n"
    assert job.returncode == 7
    again = started(place, folder, "jobs_to_run", "look", cwd=tmp_path, WORD="two", OTHER="x")
    assert again.communicate()[0].split()[1:3] == ["two", "x"]


def test_a_source_that_was_changed_and_copied_back_is_loaded_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "ROOT", tmp_path)
    source, kept = tmp_path / "one.py", tmp_path / "kept"
    source.write_text("A = 1\n")
    os.utime(source, (1, 1))
    loaded_at = source.stat().st_ctime
    assert not server.changed_since(loaded_at)
    shutil.copy2(source, kept)
    time.sleep(0.02)
    source.write_text("A = 2\n")
    shutil.copy2(kept, source)
    assert source.stat().st_mtime == 1
    assert server.changed_since(loaded_at)


def test_without_a_server_it_starts_alone_and_comes_to_the_same(folder, tmp_path):
    nowhere = tmp_path / "launcher"
    job = started(nowhere, folder, "jobs_to_run_alone", "look")
    assert "No module named jobs_to_run_alone" in job.communicate()[1]
    assert job.returncode == 1


@pytest.mark.parametrize(("what", "code", "error"), [("raise", 1, "a bug"), ("die", -9, "")])
def test_a_job_that_fails_or_dies_is_told_apart_from_one_that_ends(
    place, folder, what, code, error
):
    job = started(place, folder, "jobs_to_run", what)
    assert error in job.communicate()[1]
    assert job.returncode == code


def test_a_client_that_is_killed_before_it_asks_leaves_no_process(place):
    before = set(forked(place))
    with socket.socket(socket.AF_UNIX) as killed:
        killed.connect(str(place))
        asking = waited_for(lambda: set(forked(place)) - before)
    gone, alive = psutil.wait_procs(asking, timeout=5)
    for process in alive:
        process.kill()
    assert gone
    assert not alive


def test_a_job_that_cannot_begin_starts_alone(folder, tmp_path):
    """As where a source goes while the server looks at it."""
    place = tmp_path / "launcher"
    going = SERVER.replace(
        "CALLED = ()", "CALLED = (); server.changed_since = lambda _: open('gone')"
    )
    command = [sys.executable, "-c", going, str(place), str(os.getpid())]
    serving = subprocess.Popen(command, env=environment(folder))
    waited_for(place.exists)
    alone = started(place, folder, "ablate.steps.table", "--request", str(tmp_path / "none.json"))
    assert "none.json: No such file" in alone.communicate()[1]
    assert alone.returncode == 1
    serving.terminate()
    serving.wait()


def waited_for(found):
    """What `found` returns as soon as that is anything."""
    while not (seen := found()):
        time.sleep(0.02)
    return seen


def test_signals_reach_the_job(place, folder):
    job = started(place, folder, "jobs_to_run", "wait")
    assert int(job.stdout.readline()) != job.pid
    job.send_signal(signal.SIGTERM)
    assert job.wait(timeout=20) == 5


def test_a_job_outlives_the_server_and_the_next_starts_alone(folder, tmp_path):
    place = tmp_path / "launcher"
    server = serving(place, folder)
    while not place.exists():
        time.sleep(0.02)
    job = started(place, folder, "jobs_to_run", "wait")
    process = int(job.stdout.readline())
    server.kill()
    server.wait()
    assert psutil.pid_exists(process)
    alone = started(place, folder, "ablate.steps.table", "--request", str(tmp_path / "none.json"))
    assert "none.json: No such file" in alone.communicate()[1]
    job.terminate()
    assert job.wait(timeout=20) == 5


def test_a_server_ends_with_what_started_it(folder, tmp_path):
    place = tmp_path / "place" / "launcher"
    place.parent.mkdir()
    script = (
        "import os, subprocess, sys\n"
        "command = [sys.executable, '-c', *sys.argv[1:], str(os.getpid())]\n"
        "print(subprocess.Popen(command).pid)\n"
    )
    starter = [sys.executable, "-c", script, SERVER, str(place)]
    done = subprocess.run(starter, env=environment(folder), capture_output=True, text=True)
    server = psutil.Process(int(done.stdout))
    psutil.wait_procs([server], timeout=30)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
    assert not place.parent.exists()


def test_a_server_that_is_told_to_end_leaves_no_folder(folder, tmp_path):
    place = tmp_path / "own" / "launcher"
    place.parent.mkdir()
    server = serving(place, folder)
    waited_for(place.exists)
    server.terminate()
    assert server.wait(30) == 128 + signal.SIGTERM
    assert not place.parent.exists()


def test_a_training_whose_client_is_killed_saves_its_state_and_ends(place, folder, tmp_path):
    endless = tiny_training.request(tiny_training.settings(epochs=10**5), save_every_seconds=3600)
    arguments = tiny_training.arguments(tmp_path, endless)
    job = started(place, folder, "ablate.steps.train", *arguments)
    assert "epoch 1 of" in job.stdout.readline()
    (training,) = [each for each in forked(place) if each.is_running()]
    job.kill()
    job.wait()
    psutil.wait_procs([training], timeout=30)
    assert not training.is_running() or training.status() == psutil.STATUS_ZOMBIE
    assert list(tiny_training.state(tmp_path, endless).glob("*.state"))


def forked(place: Path) -> list[psutil.Process]:
    """The jobs that the server at `place` has forked."""
    (server,) = [each for each in psutil.process_iter() if str(place) in words(each)]
    return server.children()


def words(process: psutil.Process) -> list[str]:
    try:
        found = process.cmdline()
    except psutil.Error:
        return []
    return found if process.ppid() == os.getpid() else []


def test_this_process_could_be_forked_only_with_one_thread():
    assert server.threads() == len(psutil.Process().threads())


def test_a_build_that_has_no_output_starts_jobs_all_the_same(folder, tmp_path):
    said = tmp_path / "said"
    step = [sys.executable, "-I", "-S", client.__file__, "ablate.steps.pack", "--help"]
    script = tmp_path / "build.py"
    script.write_text(f"""
import os, pathlib, subprocess, time
from ablate.launch import client, starting
opened_first = open(os.devnull)
server = starting.start()
while not pathlib.Path(os.environ[client.PLACE]).exists():
    time.sleep(0.02)
code = subprocess.run({shlex.join(step)!r} + " > {said} 2>&1", shell=True).returncode
open({str(said)!r}, "a").write(f"exit {{code}}")
server.terminate()
""")
    command = f"{shlex.quote(sys.executable)} {script} >&-"
    subprocess.run(["bash", "-c", command], env=environment(folder), check=True)
    assert said.read_text().startswith("usage: python -m ablate.steps.STEP")
    assert said.read_text().endswith("exit 0")


def test_without_a_folder_for_what_passes_jobs_start_alone(monkeypatch):
    def full(**_):
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(starting.tempfile, "mkdtemp", full)
    assert starting.start() is None
    assert client.PLACE not in os.environ


def test_in_a_folder_too_deep_for_a_socket_jobs_start_alone(tmp_path, monkeypatch, capfd):
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    monkeypatch.setattr(starting.tempfile, "tempdir", str(deep))
    monkeypatch.setenv(client.PLACE, "")
    monkeypatch.delenv(client.PLACE)
    assert starting.start().wait() == 1
    [line] = capfd.readouterr().err.splitlines()
    assert line.endswith("(AF_UNIX path too long): jobs start alone")
    assert list(deep.iterdir()) == []
    assert client.connected() is None


def test_a_job_finds_everything_loaded_that_it_needs(folder, tmp_path):
    script = f"""
import ast, sys
from ablate.figures import saving, style
from ablate.launch import server
from ablate.planning import code
server.load()
assert server.threads() == 1
loaded = set(sys.modules)
ast.parse = None
code.digest("ablate.steps.figure", "ablate.figures.study")
with style.applied():
    figure = style.figure(height=2)
    figure.subplots().set_title("Title")
    saving.save(figure, "{tmp_path}/figure.png", "A note")
    saving.save_narrow(figure, "{tmp_path}/figure_narrow.pdf")
more = set(sys.modules) - loaded
assert not more, more
"""
    subprocess.run([sys.executable, "-c", script], env=environment(folder), check=True)
