"""That the check of a card finds a wrong result: without a card, on trainings gone wrong."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from ablate.job import lease
from ablate.job.lease import Leased
from ablate.planning.plan import Plan
from ablate.settings import Run, written
from check_gpu import __main__ as command
from check_gpu import jobs, trainings
from check_gpu.kinds import kinds
from check_gpu.trainings import Finding, trained

CPU = Leased(torch.device("cpu"), "some processor")
CONFIG = Path(__file__).parents[3] / "config.yaml"
KINDS = kinds(Plan(written.read(str(CONFIG))), small=True)
QUICK = next(kind for kind in KINDS if kind.run.model.name == "vgg_a")
BY_SGD = next(kind for kind in KINDS if kind.run.optimizer.name == "SGD")


@pytest.fixture(scope="module")
def right():
    """One kind's training as it should be."""
    torch.set_num_threads(1)
    return trained(QUICK, CPU, True, True)


def trainer(right, **wrong):
    """Trains nothing: returns `right`, or for (deterministic, replay) what `wrong` makes of it."""

    def train_one(kind, device, deterministic, replay):
        how = f"{'det' if deterministic else 'any'}_{'replayed' if replay else 'plain'}"
        return wrong[how](right) if how in wrong else right

    return train_one


def with_losses(factor):
    return lambda seen: dataclasses.replace(
        seen, losses=[tuple(loss * factor for loss in row) for row in seen.losses]
    )


def test_a_kind_trains_with_a_small_last_batch_and_held_out_images(right):
    run, data = QUICK.run, QUICK.data
    assert len(data.train_labels) * 0.75 % run.batch_size > 1
    assert len(right.losses) == 6
    assert all(len(losses) == 3 for losses in right.losses)  # training, test, held out


def test_the_page_says_how_many_kinds_there_are():
    page = " ".join((CONFIG.parent / "docs/gpu.md").read_text().split())
    every = len(kinds(Plan(written.read(str(CONFIG))), small=False))
    assert f"`config.yaml` has {every} kinds" in page
    assert f"all {len(KINDS)} kinds that are left of the {every}" in page


def test_what_is_right_passes(right):
    found = trainings.check(QUICK, CPU, trainer(right))
    assert not found.wrong
    assert found.seen[2:] == ("same bits", "0.0e+00", "same bits")


def test_rounding_passes_and_more_than_that_does_not(right):
    # The graph's own order of additions, the same each time.
    for kind, how in ((QUICK, "det_replayed"), (BY_SGD, "det_replayed"), (BY_SGD, "any_replayed")):
        near = trainer(right, **{how: with_losses(1 + 1e-6)})
        assert not trainings.check(kind, CPU, near).wrong
        far = trainer(right, **{how: with_losses(1.01)})
        assert trainings.check(kind, CPU, far).wrong
        no_number = trainer(right, **{how: with_losses(float("nan"))})
        assert trainings.check(kind, CPU, no_number).wrong


def test_other_kernels_may_move_a_weight_by_a_rate_where_adam_divides_by_its_gradient(right):
    assert QUICK.run.optimizer.name == "Adam"
    near, far = (trainer(right, any_replayed=with_losses(factor)) for factor in (1.01, 1.05))
    assert not trainings.check(QUICK, CPU, near).wrong
    assert trainings.check(QUICK, CPU, far).wrong


def test_other_bits_the_second_time_are_found(right):
    calls = iter(range(10))
    drifting = trainer(right, det_replayed=lambda r: with_losses(1 + next(calls) * 1e-9)(r))
    first = trainer(right, det_replayed=with_losses(1 + 1e-6))
    assert not trainings.check(QUICK, CPU, first).wrong
    next(calls)
    found = trainings.check(QUICK, CPU, drifting)
    assert found.wrong
    assert found.seen[-1] == "other bits"


def test_a_step_that_forgets_to_update_is_found(right, monkeypatch):
    """The engine itself gone wrong: every fifth replayed update does nothing."""

    def forgetful(kind, device, deterministic, replay):
        taken = iter(range(10**6))
        with monkeypatch.context() as patched:
            if replay:
                from ablate.training import optimizers

                update = optimizers.update
                patched.setattr(
                    optimizers, "update", lambda *a: None if next(taken) % 5 == 4 else update(*a)
                )
            return trained(kind, device, deterministic, replay)

    fresh = trainings.check(QUICK, CPU, forgetful)
    assert fresh.wrong
    assert fresh.seen[2] != "same bits"


def test_a_job_that_goes_on_to_other_bits_is_found(monkeypatch, tmp_path):
    def outcome(folder):
        return folder.name

    codes = iter([0, 0])
    monkeypatch.setattr(jobs, "stop", lambda command: 143)
    monkeypatch.setattr(
        jobs.subprocess,
        "run",
        lambda *a, **k: type("Done", (), {"returncode": next(codes)})(),
    )
    monkeypatch.setattr(jobs, "outcome", outcome)
    found = jobs.check(QUICK, "cpu", tmp_path)
    assert found.wrong
    assert "OTHER BITS" in found.seen[0]
    monkeypatch.setattr(jobs, "stop", lambda command: 0)
    codes = iter([0, 0])
    assert jobs.check(QUICK, "cpu", tmp_path / "b").wrong


def test_a_job_is_stopped_and_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{CONFIG.parent / 'workflow'}:{CONFIG.parent / 'tests'}")
    asked = QUICK.run.resolved()
    asked["model"] |= {"dropout": 0.3}
    noisy = dataclasses.replace(QUICK, run=Run.model_validate(asked))
    found = jobs.check(noisy, "cpu", tmp_path)
    assert found.seen == ("same bits in a new process",)
    assert not found.wrong


def test_a_job_finds_a_slot_beside_the_check_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(lease.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda i: SimpleNamespace(uuid="card"))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "card")
    monkeypatch.setattr(torch.cuda, "set_device", lambda index: None)
    monkeypatch.setattr(lease.cards, "try_out", lambda index: None)
    slots = jobs.asked(QUICK, "cuda")["gpu_slots"]
    with lease.taken("cuda", 1), lease.taken("cuda", 1, slots) as job:
        assert job.shared


def test_what_torch_refuses_is_a_wrong_result_and_not_the_end():
    def refused(*how):
        raise RuntimeError("cumsum does not have a deterministic implementation\nmore")

    found = trainings.attempted("a kind", lambda: trainings.check(QUICK, CPU, refused))
    assert found.wrong
    assert found.seen == ("failed: cumsum does not have a deterministic implementation",)


def test_the_jobs_are_of_what_is_hard_to_go_on_with():
    dropout, rrelu, probe = command.for_jobs(KINDS)
    assert dropout.run.model.dropout > 0
    assert rrelu.run.model.activation.name == "RReLU"
    assert probe.observers[0]["name"] == "line_probe"


@pytest.mark.parametrize("wrong", [False, True])
def test_a_wrong_result_is_the_exit_status(monkeypatch, capsys, wrong):
    found = [Finding("one kind", ("same bits",)), Finding("another", ("0.5",), wrong)]
    monkeypatch.setattr(command, "check", lambda device, asked: iter(found))
    assert command.main(["--device", "cpu"]) == int(wrong)
    said = capsys.readouterr().out
    assert ("WRONG 0.5" in said) is wrong
    assert f"{int(wrong)} wrong of 2" in said


def test_a_card_that_fails_while_it_is_timed_does_not_end_the_check(monkeypatch, capsys):
    def dead(*about):
        raise RuntimeError("CUDA error: uncorrectable ECC error encountered\nmore")

    monkeypatch.setattr(command, "kinds", lambda plan, small: [])
    monkeypatch.setattr(command.speed, "check", dead)
    monkeypatch.setattr(command.speed, "kernels", dead)
    assert command.main(["--device", "cpu", "--config", str(CONFIG)]) == 1
    said = capsys.readouterr().out
    assert said.count("WRONG failed: CUDA error: uncorrectable ECC error encountered\n") == 3
    assert "3 wrong of 3" in said


def test_pace_and_kernels_are_findings():
    found = command.speed.check("pace", CPU.torch_device, 0.03125, 16, 0)
    assert "times as fast" in found.seen[0]
    found = command.speed.kernels("kernels", CPU.torch_device, 0.03125)
    first, *longest = found.seen[0].splitlines()
    assert "operators in a step of batch 128" in first
    assert len(longest) == 10
    assert not found.wrong
