import csv
import hashlib
import re

import numpy as np
import pytest
import torch
from tensorboardX.proto import event_pb2
from tiny_training import (
    DATA,
    VGG,
    arguments,
    begin,
    request,
    same_weights,
    settings,
    state,
    trained,
)

from ablate.job import actions, run, writing
from ablate.planning import code
from ablate.runs import checkpoint, events, history, predictions, steps
from ablate.runs.record import Identity, Record
from ablate.steps import train as step
from ablate.training.loop import train


def made(folder, **changes):
    """The files of a run, made by the command line."""
    assert step.main(arguments(folder, request(**changes))) == 0
    return folder / "run"


def test_the_files_of_a_run_agree_with_one_another(tmp_path):
    folder = made(tmp_path)
    record = Record.read(folder)
    expected = {"history.csv", "steps.npz", "predictions.npz", "checkpoint.pt"}
    assert expected | {f"tensorboard/{events.NAME}"} == set(record.outputs)
    for name, file in record.outputs.items():
        content = (folder / name).read_bytes()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    epochs = history.read(folder)
    probabilities, labels = predictions.read(folder)
    best = epochs["test_accuracy"].max()
    assert 100 * np.mean(probabilities.argmax(1) == labels) == pytest.approx(best)
    assert epochs["test_accuracy"][record.best_epoch - 1] == best
    loss = steps.read(folder, ["loss"])["loss"]
    assert epochs["train_loss"] == pytest.approx(loss.reshape(2, 3).mean(1), rel=1e-6)
    provenance = checkpoint.read(folder)["provenance"]
    assert provenance == record.provenance().model_dump(mode="json")


def test_the_record_says_how_it_was_trained(tmp_path):
    record = Record.read(made(tmp_path))
    said = (record.seed, record.code, record.data, record.device_type, record.precision)
    assert said == (0, code.digest(), DATA.manifest.digest, "cpu", "fp32")
    assert record.settings == settings().model_dump(mode="json")
    assert record.threads == 1
    assert record.deterministic is True
    assert not record.graphed
    assert not record.shared_device
    assert record.resumed == 0
    assert record.train_images == 40
    assert record.parameters == sum(p.numel() for p in begin().network.parameters())
    assert record.versions["torch"] == torch.__version__
    assert record.images_per_second == pytest.approx(80 / record.seconds)
    assert record.peak_memory_mb > 50


def test_held_out_images_are_not_counted_as_trained_on(tmp_path):
    assert Record.read(made(tmp_path, run=settings(holdout=0.25))).train_images == 30


def test_history_has_a_line_an_epoch_with_seconds_last(tmp_path):
    training = trained(settings(holdout=0.25))
    history.write(tmp_path, training.history)
    with (tmp_path / "history.csv").open() as file:
        header, *rows = csv.reader(file)
    assert header == [
        *("epoch", "step", "lr", "train_loss", "train_accuracy", "test_loss", "test_accuracy"),
        *("holdout_loss", "holdout_accuracy", "seconds"),
    ]
    assert [row[:3] for row in rows] == [["1", "2", "0.05"], ["2", "4", "0.05"]]
    # Nine digits tell any two float32 apart.
    assert np.float32(rows[1][5]) == np.float32(training.history[1]["test_loss"])


@pytest.mark.parametrize("keep", ["best", "both", "none"])
def test_keep_says_which_weights_stay(tmp_path, keep):
    run_settings = settings(optimizer={"name": "SGD", "lr": 0.5}, epochs=3)
    folder = made(tmp_path, run=run_settings, keep=keep)
    found = checkpoint.read(folder)
    expected = trained(run_settings)
    assert (found["weights"] is None) == (keep == "none")
    assert ("last" in found) == (keep == "both")
    if keep == "both":
        last = begin(run_settings)
        last.network.load_state_dict(found["last"])
        assert same_weights(last, expected)
    if keep != "none":
        best = expected.best.weights
        assert all(torch.equal(found["weights"][name], best[name]) for name in best)


def test_a_diverged_run_leaves_all_its_files(tmp_path):
    asked = settings(optimizer={"name": "SGD", "lr": 1e18}, epochs=5)
    folder = made(tmp_path, run=asked)
    record = Record.read(folder)
    assert record.diverged
    assert record.best_epoch is None
    assert np.isnan(history.read(folder)["test_accuracy"]).all()
    probabilities, _ = predictions.read(folder)
    start = begin(asked)
    untrained = start.evaluations["test"]().probabilities.numpy()
    assert np.abs(probabilities - untrained).max() <= predictions.STEP / 2
    assert np.array_equal(probabilities.max(1), untrained.max(1))


def events_in(folder):
    """Tag -> values of the events in a folder."""
    content = (folder / "tensorboard" / events.NAME).read_bytes()
    found = {}
    while content:
        length = int.from_bytes(content[:8], "little")
        event = event_pb2.Event.FromString(content[12 : 12 + length])
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value))
        content = content[16 + length :]
    return found


def test_tensorboard_shows_every_epoch(tmp_path):
    folder = made(tmp_path)
    found = events_in(folder)
    epochs = history.read(folder)
    for name in ("train_loss", "test_accuracy", "lr", "seconds"):
        assert [at for at, _ in found[name]] == [1, 2]
        shown = [value.simple_value for _, value in found[name]]
        assert shown == pytest.approx(epochs[name], rel=1e-6, abs=1e-3)
    weights = begin().network.features[0].weight
    assert found["first_layer"][0][1].histo.num == weights.numel()
    assert found["stem_kernels"][0][1].image.colorspace == 3
    assert found["mistakes"]


def test_live_events_show_what_came_before_and_go_on(tmp_path):
    training = begin(settings(epochs=3))
    training.started = "2020-01-01T00:00:00+00:00"
    live = actions.LiveEvents(tmp_path)
    live.every = 0
    train(training, [actions.note_first_layer, live])
    assert [at for at, _ in events_in(tmp_path)["test_loss"]] == [1, 2, 3]
    again = actions.LiveEvents(tmp_path)
    again.show(training)
    assert [at for at, _ in events_in(tmp_path)["test_loss"]] == [1, 2, 3]


def test_events_that_cannot_be_shown_do_not_stop_training(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    training = begin()
    live = actions.LiveEvents(tmp_path / "file")
    live.every = 0
    train(training, [actions.note_first_layer, live])
    assert training.finished
    assert capsys.readouterr().err.count("live events cannot be written") == 1


def test_a_grid_keeps_each_image_in_its_place():
    images = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 2, 2), np.uint8)
    whole = events.grid(images)
    assert whole.shape == (3, 2 * 3, 3 * 3)
    assert whole[0, 0, 0::3].tolist() == [0, 1, 2]
    assert whole[0, 3, 0::3].tolist() == [3, 4, 0]


def test_brightened_kernels_use_the_whole_range():
    kernels = np.stack([np.linspace(-1, 1, 27), np.zeros(27)]).reshape(2, 3, 3, 3)
    shown = events.brightened(kernels)
    assert shown[0].min() == 0
    assert shown[0].max() == 255
    assert (shown[1] == 0).all()


def test_weights_that_are_not_finite_have_no_histogram():
    assert events.histogram(np.array([0.1, np.nan])) == {}


def test_files_of_the_same_training_are_taken_over_by_one_that_waited(tmp_path):
    folder = made(tmp_path)
    record = Record.read(folder)
    identity = Identity(**{name: getattr(record, name) for name in Identity.model_fields})
    assert writing.written(folder, identity)
    assert not writing.written(folder, identity.model_copy(update={"code": "other"}))
    (folder / "history.csv").write_text("cut")
    assert not writing.written(folder, identity)
    (folder / "history.csv").unlink()
    assert not writing.written(folder, identity)
    (folder / "training.json").unlink()
    assert not writing.written(folder, identity)


def refused(capsys, folder, **changes):
    assert step.main(arguments(folder, request(**changes))) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert not (folder / "run").exists()
    return said


def test_the_paper_on_a_cpu_stops_with_its_cost_and_the_ways_on(tmp_path, capsys):
    long = settings(epochs=10**7)
    said = refused(capsys, tmp_path, run=long, awaits_gpu=True, device="auto")
    # In whichever unit suits this machine: a quick one needs hours, a busy one days.
    assert re.search(r"about \d+ (hours|days) on this CPU", said)
    assert "--config preset=demo" in said
    assert "--config device=cpu" in said


def test_cuda_where_there_is_none_is_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "no CUDA device" in refused(capsys, tmp_path, device="cuda")


def test_data_that_is_not_there_is_named(tmp_path, capsys):
    asked = arguments(tmp_path, request())
    (tmp_path / "data" / "manifest.json").unlink()
    assert step.main(asked) == 1
    assert "data/manifest.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"),
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
)
def test_out_of_memory_says_what_to_change(tmp_path, capsys, monkeypatch, error):
    def full(*_):
        raise error

    monkeypatch.setattr("ablate.training.training.Training.take_step", full)
    said = refused(capsys, tmp_path)
    assert "batch_size 16" in said
    assert "gpu_slots" in said


def test_an_error_of_another_kind_is_not_hidden(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr("ablate.training.training.Training.take_step", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        step.main(arguments(tmp_path, request()))


def test_a_folder_that_cannot_be_written_keeps_the_state(tmp_path, capsys):
    (tmp_path / "run").write_text("in the way")
    assert step.main(arguments(tmp_path, request(save_every_seconds=0))) == 1
    assert "could not be written" in capsys.readouterr().err
    assert list(state(tmp_path).glob("*.state"))


def test_a_request_has_no_unknown_parts():
    with pytest.raises(TypeError):
        run.TrainingRequest(**request(), surprise=1)


def test_a_softmax_on_the_output_is_not_applied_twice(tmp_path):
    folder = made(tmp_path, run=settings(model={**VGG, "softmax": True}))
    probabilities, _ = predictions.read(folder)
    assert np.abs(probabilities.sum(1) - 1).max() <= probabilities.shape[1] * predictions.STEP / 2
