import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_training import arguments, begin, request, same_weights, settings, state, without_seconds

from ablate.job.interruption import Interrupted, Interruption
from ablate.job.run import resume
from ablate.job.state import States, key
from ablate.steps import train as step
from ablate.training.loop import train

WORKFLOW = Path(__file__).parents[3] / "workflow"
NOISY = settings(
    model={"name": "vgg_a", "width": 0.03125, "dropout": 0.3, "batch_norm": True},
    optimizer={"name": "Adam", "lr": 1e-3},
    augmentation={"RandomCrop": {"size": "image", "padding": 4}, "RandomErasing": {}},
    epochs=4,
)
OBSERVERS = [
    {"name": "loss"},
    {"name": "gradients", "every": 2},
    {"name": "line_probe", "every": 3},
]


def stop_after(steps):
    def after_step(training):
        if training.steps_done == steps:
            raise Interrupted("enough")

    return after_step


def series(training):
    kept = {}
    for observer in training.observers:
        kept |= observer.series()
    return {name: values for name, values in kept.items() if not name.endswith("seconds")}


def interrupted(states: States, run, steps: int, **other):
    """A training that another process would find in `states`."""
    training = begin(run, **other)
    with pytest.raises(Interrupted):
        train(training, after_step=stop_after(steps))
    states.save(training.state_dict())
    states.wait()


def resumed(states: States, run, **other):
    training = begin(run, **other)
    torch.rand(5)  # another process, another random state
    training.load_state_dict(states.load())
    return training


@pytest.mark.parametrize("steps", [1, 3, 5, 11])
@pytest.mark.parametrize("optimizer", ["Adam", "SGD", "Adadelta", "Adagrad", "RMSprop"])
def test_a_resumed_run_ends_on_the_same_bits(tmp_path, steps, optimizer):
    momentum = {"momentum": 0.9} if optimizer == "SGD" else {}
    run = NOISY.model_copy(
        update={
            "optimizer": settings(optimizer={"name": optimizer, "lr": 1e-2} | momentum).optimizer
        }
    )
    whole = begin(run, observers=OBSERVERS)
    train(whole)
    states = States(tmp_path, "key")
    interrupted(states, run, steps, observers=OBSERVERS)
    again = resumed(states, run, observers=OBSERVERS)
    assert again.steps_done == steps
    train(again)
    assert without_seconds(again) == without_seconds(whole)
    assert same_weights(again, whole)
    assert again.best.epoch == whole.best.epoch
    assert torch.equal(again.best.probabilities, whole.best.probabilities)
    for name, values in series(whole).items():
        np.testing.assert_array_equal(values, series(again)[name])


def test_an_interruption_while_evaluating_repeats_the_evaluation_alone(tmp_path):
    whole = begin(NOISY)
    train(whole)
    training = begin(NOISY)
    calls = []

    def pause():
        calls.append(training.steps_done)
        if len(calls) == 2:
            raise Interrupted("while the second epoch is evaluated")

    training.evaluations["test"].pause = pause
    with pytest.raises(Interrupted):
        train(training)
    assert (training.epoch, training.position) == (2, 3)
    states = States(tmp_path, "key")
    states.save(training.state_dict())
    states.wait()
    again = resumed(states, NOISY)
    train(again)
    assert without_seconds(again) == without_seconds(whole)


def test_saved_tensors_do_not_change_with_later_steps(tmp_path):
    training = begin()
    states = States(tmp_path, "key")
    states.save(training.state_dict())
    train(training)
    states.wait()
    assert same_weights(resumed(states, settings()), begin())


def test_a_damaged_state_falls_back_to_the_one_before_then_to_the_start(tmp_path, capsys):
    states = States(tmp_path, "key")
    for number in (1, 2):
        states.save({"number": number})
        states.wait()
    assert states.load() == {"number": 2}
    damage = bytearray(states.newest.read_bytes())
    damage[-40] ^= 1
    states.newest.write_bytes(damage)
    assert states.load() == {"number": 1}
    assert "is damaged (its digest does not match): the state before it is used" in (
        capsys.readouterr().err
    )
    states.previous.write_bytes(states.previous.read_bytes()[:-7])
    assert states.load() is None
    assert "training starts from the beginning" in capsys.readouterr().err


def test_a_death_between_the_two_renames_leaves_the_older_state(tmp_path):
    states = States(tmp_path, "key")
    states.save({"number": 1})
    states.wait()
    states.newest.rename(states.previous)
    assert states.load() == {"number": 1}


def test_the_state_of_another_training_is_never_resumed(tmp_path, capsys):
    mine, foreign = States(tmp_path, "mine"), States(tmp_path, "foreign")
    foreign.save({"number": 1})
    foreign.wait()
    assert mine.load() is None
    foreign.newest.rename(mine.newest)
    assert mine.load() is None
    assert "another training's" in capsys.readouterr().err


def test_a_key_changes_with_whatever_decides_the_bits():
    identity = {"settings": {"epochs": 2}, "code": "a", "threads": 1}
    assert key(identity) == key(dict(reversed(identity.items())))
    for change in ({"settings": {"epochs": 3}}, {"code": "b"}, {"threads": 2}):
        assert key({**identity, **change}) != key(identity)


def test_a_state_runs_no_code(tmp_path, capsys):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    states = States(tmp_path, "key")
    states.save({"trap": Trap()})
    states.wait()
    assert states.load() is None
    assert not (tmp_path / "sprung").exists()
    assert "is damaged" in capsys.readouterr().err


def test_a_disk_that_takes_no_state_does_not_stop_training(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    states = States(blocked / "state", "key")
    states.save({"number": 1})
    states.wait()
    assert "the state of this training cannot be saved" in capsys.readouterr().err


def test_an_orphan_is_told_by_its_snakemake_that_is_gone(tmp_path):
    child = (
        "import time\n"
        "from ablate.job.interruption import Interrupted, Interruption\n"
        "interruption = Interruption()\n"
        "assert interruption.owners\n"
        "interruption.check()\n"
        "print('watching', flush=True)\n"
        "for _ in range(100):\n"
        "    time.sleep(0.1)\n"
        "    try:\n"
        "        interruption.check()\n"
        "    except Interrupted as reason:\n"
        "        open('reason', 'w').write(str(reason))\n"
        "        break\n"
    )
    (tmp_path / "child.py").write_text(child)
    # As Snakemake runs its jobs: a shell between, which outlives it.
    (tmp_path / "snakemake").write_text(
        "import subprocess, sys\n"
        "subprocess.run(['bash', '-c', f'{sys.executable} child.py; true'])\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "snakemake"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(WORKFLOW)},
    )
    assert owner.stdout.readline() == b"watching\n"
    owner.kill()
    owner.wait()
    wait_for(tmp_path / "reason")
    assert "Snakemake that started this training is gone" in (tmp_path / "reason").read_text()


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def asks(request):
    """A signal that stops a program, also where these tests were started by nohup or with &."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


def test_a_request_to_stop_waits_for_the_end_of_the_step(asks):
    interruption = Interruption()
    before = signal.getsignal(asks)
    with interruption.watching():
        interruption.check()
        os.kill(os.getpid(), asks)
        with pytest.raises(Interrupted, match=asks.name) as raised:
            interruption.check()
    assert raised.value.signal == asks
    assert signal.getsignal(asks) == before


def test_a_terminal_that_goes_does_not_stop_what_nohup_started():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption = Interruption()
    try:
        with interruption.watching():
            os.kill(os.getpid(), signal.SIGHUP)
            interruption.check()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_training_started_by_hand_is_no_orphan():
    interruption = Interruption()
    interruption.owners = []
    interruption.check()


def wait_for(path: Path, seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.02)):
        if path.exists() and path.stat().st_size:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} did not appear")


def job(folder: Path, asked: dict) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "ablate.steps.train", *arguments(folder, asked)],
        cwd=WORKFLOW,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def products(folder: Path) -> dict:
    """All that a run leaves, seconds aside."""
    history = (folder / "history.csv").read_text().splitlines()
    checkpoint = torch.load(folder / "checkpoint.pt", weights_only=True)["weights"]
    found = {f"weights {name}": tensor.numpy() for name, tensor in checkpoint.items()}
    for file in ("steps.npz", "predictions.npz"):
        with np.load(folder / file) as arrays:
            found |= {f"{file} {name}": arrays[name] for name in arrays}
    return {"history": [line.rpartition(",")[0] for line in history], **found}


def assert_same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


def test_killed_and_terminated_processes_go_on_to_the_same_bits(tmp_path):
    calm = request(NOISY.model_copy(update={"epochs": 20}))
    asked = {**calm, "save_every_seconds": 0}
    assert step.main(arguments(tmp_path / "whole", calm)) == 0
    folder = tmp_path / "broken"

    killed = job(folder, asked)
    # A state was saved at every step of the epoch.
    assert "epoch 1 of 20" in killed.stdout.readline()
    killed.kill()
    killed.wait()
    assert not (folder / "run").exists()

    terminated = job(folder, asked)
    assert "resumed at step" in terminated.stderr.readline()
    terminated.send_signal(signal.SIGTERM)
    _, said = terminated.communicate(timeout=60)
    assert terminated.returncode == 143
    assert "interrupted; state saved: asked to stop (SIGTERM)" in said
    assert not (folder / "run").exists()

    assert step.main(arguments(folder, calm)) == 0
    assert_same(products(folder / "run"), products(tmp_path / "whole/run"))
    assert json.loads((folder / "run/training.json").read_text())["resumed"] == 2


@pytest.mark.parametrize(
    ("change", "resumed"),
    [
        ({}, 1),
        ({"save_every_seconds": 7, "keep": "both"}, 1),
        ({"code": "other"}, 0),
        ({"seed": 1}, 0),
        ({"threads": 2}, 0),
        ({"observers": []}, 0),
        ({"run": settings(epochs=3)}, 0),
    ],
    ids=lambda change: "-".join(change) if isinstance(change, dict) else "",
)
def test_a_job_resumes_only_what_would_compute_the_same(tmp_path, monkeypatch, change, resumed):
    def stop_early(self):
        if len(calls) == 4:
            raise Interrupted("enough")
        calls.append(self)

    calls = []
    with monkeypatch.context() as patched:
        patched.setattr(Interruption, "check", stop_early)
        assert step.main(arguments(tmp_path, request())) == 143
    assert list(state(tmp_path).glob("*.state"))
    try:
        assert step.main(arguments(tmp_path, request(**change))) == 0
    finally:
        torch.set_num_threads(1)
    assert json.loads((tmp_path / "run/training.json").read_text())["resumed"] == resumed


def test_a_second_process_waits_for_the_first_and_says_for_whom(tmp_path):
    asked = request(settings(epochs=1))
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import sys, time\n"
            "from ablate.job import lock\n"
            "with lock.held(sys.argv[1]):\n"
            "    print('held', flush=True)\n"
            "    time.sleep(60)\n",
            str(state(tmp_path, asked)),
        ],
        cwd=WORKFLOW,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    second = job(tmp_path, asked)
    said = second.stderr.readline()
    assert f"process {holder.pid} on {socket.gethostname()} still trains this run" in said
    assert second.poll() is None
    assert not (tmp_path / "run").exists()
    holder.kill()
    holder.wait()
    assert second.wait(timeout=60) == 0
    assert (tmp_path / "run/training.json").exists()


def test_going_on_elsewhere_is_noted_and_said(tmp_path, capsys):
    states = States(tmp_path, "key")
    begun = begin()
    resume(begun, states, "A100, torch 2.15.0")
    assert begun.machines == ["A100, torch 2.15.0"]
    states.save(begun.state_dict())
    states.wait()
    again = begin()
    resume(again, states, "A100, torch 2.15.0")
    assert again.machines == begun.machines
    assert "one after the other" not in capsys.readouterr().err
    elsewhere = begin()
    resume(elsewhere, states, "H100, torch 2.15.0")
    assert elsewhere.machines == ["A100, torch 2.15.0", "H100, torch 2.15.0"]
    assert "A100, torch 2.15.0; H100, torch 2.15.0" in capsys.readouterr().err
