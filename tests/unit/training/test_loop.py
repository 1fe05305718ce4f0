import math

import numpy as np
import pytest
import torch
from tiny_training import (
    DATA,
    SGD,
    VGG,
    begin,
    dataset,
    same_weights,
    settings,
    trained,
    without_seconds,
)
from torch.nn import functional

from ablate.errors import AblateError
from ablate.training.epoch import measure
from ablate.training.loop import train, train_epoch
from ablate.training.order import generator, order

BUSY = settings(
    model={"name": "vgg_a", "width": 0.03125, "dropout": 0.5, "batch_norm": True},
    augmentation={
        "RandomCrop": {"size": "image", "padding": 4},
        "RandomHorizontalFlip": {},
        "RandomErasing": {},
    },
)


class Onlooker:
    """Keeps what it sees."""

    needs_host = True

    def __init__(self):
        self.moments = []

    def observe(self, moment):
        self.moments.append(
            (
                moment.step,
                moment.loss.item(),
                moment.inputs.clone(),
                moment.labels.clone(),
                moment.lr,
            )
        )


def watched(run, **other):
    training = begin(run, **other)
    onlooker = Onlooker()
    training.step.observers = [onlooker]
    train(training)
    return training, onlooker.moments


@pytest.mark.parametrize("arithmetic", ["fp32", "bf16"])
def test_one_seed_gives_the_same_bits_twice(arithmetic):
    one, other = trained(BUSY, arithmetic=arithmetic), trained(BUSY, arithmetic=arithmetic)
    assert without_seconds(one) == without_seconds(other)
    assert same_weights(one, other)
    assert torch.equal(one.best.probabilities, other.best.probabilities)


def test_another_seed_gives_another_training():
    assert without_seconds(trained(seed=0)) != without_seconds(trained(seed=1))


def test_every_image_is_shown_once_an_epoch_and_the_small_last_batch_is_kept():
    _, moments = watched(settings())
    assert [len(labels) for _, _, _, labels, _ in moments] == [16, 16, 8, 16, 16, 8]
    for epoch in (moments[:3], moments[3:]):
        labels = torch.cat([labels for _, _, _, labels, _ in epoch])
        assert torch.equal(labels.sort().values, torch.from_numpy(np.sort(DATA.train_labels)))
    assert [step for step, *_ in moments] == [1, 2, 3, 4, 5, 6]


def test_order_and_draws_depend_on_seed_and_epoch_alone():
    one = begin(BUSY)
    other = begin(
        settings(
            model={"name": "resnet18", "width": 0.015625},
            augmentation={"RandomCrop": {"size": "image", "padding": 4}, "RandomErasing": {}},
            batch_size=10,
            optimizer={"name": "Adam", "lr": 1e-3},
        )
    )
    for training in (one, other):
        torch.rand(17)  # what else is drawn does not matter
        training.epoch = 4
        training.start_epoch()
    assert torch.equal(one.step.order, other.step.order)
    assert not torch.equal(one.step.order, order(40, 0, 5))
    assert not torch.equal(one.step.order, order(40, 1, 4))
    again = one.step.pipeline.draw(40, generator("augmentation", 0, 4))
    assert all(torch.equal(again[name], one.step.draws[name]) for name in again)


def test_the_learning_rates_of_a_family_share_weights_and_data():
    rates = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3)
    family = [settings(optimizer={"name": "Adam", "lr": lr}, epochs=1) for lr in rates]
    starts = [begin(run) for run in family]
    assert all(same_weights(starts[0], start) for start in starts)
    seen = [watched(run)[1] for run in family]
    for moments in seen:
        for ours, first in zip(moments, seen[0], strict=True):
            assert torch.equal(ours[2], first[2])
            assert torch.equal(ours[3], first[3])
    assert seen[0][0][1] == seen[4][0][1]
    assert seen[0][2][1] != seen[4][2][1]


def test_a_run_in_steps_ends_within_an_epoch_and_shows_the_part():
    training, moments = watched(settings(steps=5, epochs=None))
    assert [(row["epoch"], row["step"]) for row in training.history] == [(1, 3), (2, 5)]
    assert len(moments) == 5
    assert training.length.images_in(training.steps_done) == 40 + 32
    last = np.mean([loss for _, loss, *_ in moments[3:]])
    assert training.history[1]["train_loss"] == pytest.approx(last)


def test_a_shrunken_run_follows_the_reports_schedule():
    training, moments = watched(
        settings(schedule={"name": "StepLR", "step_size": 10}, schedule_epochs=50)
    )
    assert [lr for *_, lr in moments] == pytest.approx([5e-2, 5e-2, 5e-3, 5e-4, 5e-5, 5e-6][:6])
    assert training.history[1]["lr"] == pytest.approx(5e-6)


def test_the_best_epoch_is_the_first_of_the_highest():
    training = begin(settings(epochs=4))
    scores = iter([20.0, 50.0, 50.0, 40.0])
    kept = []

    class Score:
        """An evaluation with a known accuracy of 10 images."""

        def __call__(self):
            right = next(scores) / 10
            kept.append(training.weights())
            return type(
                "Scores",
                (),
                {
                    "loss": torch.tensor(1.0),
                    "correct": torch.tensor(right),
                    "probabilities": torch.full((10, 3), right),
                },
            )

    training.evaluations = {"test": Score()}
    train(training)
    assert training.best.epoch == 2
    assert training.best.accuracy == 50
    assert all(torch.equal(training.best.weights[name], kept[1][name]) for name in kept[1])
    assert training.best.probabilities[0, 0] == 5


def test_predictions_are_the_best_weights_own():
    training = trained(settings(epochs=3))
    training.network.load_state_dict(training.best.weights)
    again = training.evaluations["test"]()
    assert torch.equal(again.probabilities, training.best.probabilities)
    assert torch.allclose(again.probabilities.sum(1), torch.ones(30))
    assert 100 * again.correct.item() / 30 == training.best.accuracy


def test_outputs_that_are_probabilities_stay_as_they_are():
    training = trained(settings(model={**VGG, "softmax": True}))
    training.network.load_state_dict(training.best.weights)
    training.network.eval()
    images = training.step.pipeline.apply_test(torch.from_numpy(DATA.test_images))
    with torch.no_grad():
        outputs = training.network(images)
    torch.testing.assert_close(training.best.probabilities, outputs, rtol=1e-4, atol=1e-6)


def test_held_out_images_do_not_train_and_are_measured():
    one, moments = watched(settings(holdout=0.25))
    shown = sum(len(labels) for _, _, _, labels, _ in moments[:2])
    assert shown == 30
    assert one.length.steps == 2 * 2
    held = one.evaluations["holdout"]
    trained_on = {image.numpy().tobytes() for image in one.step.images}
    held_out = {image.numpy().tobytes() for image in held.images}
    assert len(held_out) == 10
    assert not trained_on & held_out
    assert {"holdout_loss", "holdout_accuracy"} <= set(one.history[0])
    faster = begin(settings(holdout=0.25, optimizer={**SGD, "lr": 0.2}))
    assert torch.equal(faster.evaluations["holdout"].images, held.images)


def test_a_run_that_diverges_ends_early_as_a_result():
    training = trained(settings(optimizer={"name": "SGD", "lr": 1e18}, epochs=5))
    assert training.diverged
    assert training.finished
    assert len(training.history) == 1
    row = training.history[0]
    assert all(math.isnan(row[name]) for name in ("train_loss", "test_loss", "test_accuracy"))
    assert (row["epoch"], row["step"]) == (1, 3)
    assert training.best.epoch == 0
    start = begin().network.state_dict()
    assert all(torch.equal(training.best.weights[name], start[name]) for name in start)


def test_a_late_divergence_keeps_the_best_epoch_before_it():
    training = begin(settings(epochs=5))
    training.network.train()
    train_epoch(training, lambda _: None)
    measure(training)
    best = training.best
    with torch.no_grad():
        next(training.network.parameters()).fill_(float("inf"))
    train(training)
    assert training.diverged
    assert len(training.history) == 2
    assert training.best is best
    assert best.epoch == 1


def test_a_last_batch_of_one_is_refused_where_it_cannot_be_normalised():
    run = settings(model={**VGG, "batch_norm": True}, batch_size=4)
    with pytest.raises(AblateError, match="41 training images in batches of 4 leave a last batch"):
        begin(run, data=dataset(train=41))
    assert not trained(settings(batch_size=4, epochs=1), data=dataset(train=41)).diverged


def test_observers_see_each_step_before_its_update():
    training, moments = watched(settings(epochs=1))
    start = begin().network
    start.eval()
    with torch.no_grad():
        loss = functional.cross_entropy(start(moments[0][2]), moments[0][3])
    assert moments[0][1] == pytest.approx(loss.item(), rel=1e-5)
    assert without_seconds(training) == without_seconds(trained(settings(epochs=1)))
