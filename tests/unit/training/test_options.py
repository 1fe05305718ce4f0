"""Each option of training against a computation of its own."""

import copy

import pytest
import torch
from tiny_training import begin, same_weights, settings, trained, without_seconds
from torch.nn import functional

from ablate.augmentation.mixture import Targets
from ablate.training import order
from ablate.training.length import Length
from ablate.training.loop import train
from ablate.training.options.ema_decay import Averaged

NORMALISED = {"name": "vgg_a", "width": 0.03125, "batch_norm": True}
ALL = settings(
    model={**NORMALISED, "dropout": 0.3},
    optimizer={"name": "SGD", "lr": 0.05, "momentum": 0.9, "weight_decay": 1e-2, "nesterov": True},
    schedule={"name": "OneCycleLR", "max_lr": 0.1},
    augmentation={"MixUp": {"alpha": 0.2}, "RandomHorizontalFlip": {}},
    loss={"name": "CrossEntropyLoss", "label_smoothing": 0.1},
    warmup_epochs=1,
    decay_norm_and_bias=False,
    clip_grad_norm=0.5,
    ema_decay=0.9,
    test_time_flip=True,
    epochs=3,
)


def rates(**changes):
    return begin(settings(**changes)).rates


def test_a_run_without_options_loads_none_of_them():
    assert settings().options == []
    assert ALL.options == [
        *("loss", "decay_norm_and_bias", "warmup_epochs", "clip_grad_norm", "ema_decay"),
        "test_time_flip",
    ]


def test_the_first_epochs_rise_by_step_to_the_schedules_beginning():
    halving = {"name": "StepLR", "step_size": 1, "gamma": 0.5}
    # 3 steps an epoch: a warm-up of 2 epochs, then the schedule from its beginning.
    found = rates(schedule=halving, warmup_epochs=2, epochs=4, optimizer={"name": "SGD", "lr": 0.6})
    expected = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, *[0.6] * 3, *[0.3] * 3]
    assert found == pytest.approx(expected)


def test_a_shrunken_run_warms_up_by_progress():
    # 12 steps stand for 48 epochs: a warm-up of 16 takes a third of them.
    found = rates(warmup_epochs=16, epochs=4, schedule_epochs=48)
    assert found == pytest.approx([0.05 * min(1, (step + 1) / 4) for step in range(12)])
    assert Length(40, 16, 12).steps_of(0.01) == 1


def test_one_cycle_is_torchs_own_step_for_step():
    found = rates(schedule={"name": "OneCycleLR", "max_lr": 0.3, "pct_start": 0.4}, epochs=7)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.3, total_steps=21, pct_start=0.4, cycle_momentum=False
    )
    expected = []
    for _ in range(21):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(expected) < 21:
            theirs.step()
    assert found == expected


def test_decay_spares_norms_and_biases_alone():
    run = settings(
        model=NORMALISED,
        optimizer={"name": "SGD", "lr": 0.1, "weight_decay": 0.5},
        decay_norm_and_bias=False,
    )
    training = begin(run)
    network = training.network
    before = copy.deepcopy(network.state_dict())
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    training.step.update(16)
    for name, parameter in network.named_parameters():
        layer = network.get_submodule(name.rpartition(".")[0])
        decayed = name.endswith("weight") and not hasattr(layer, "running_mean")
        expected = before[name] * (1 - 0.1 * 0.5) if decayed else before[name]
        torch.testing.assert_close(parameter.data, expected)


def test_groups_of_parameters_get_their_own_gradients():
    grouped = trained(settings(model=NORMALISED, decay_norm_and_bias=False))
    plain = trained(settings(model=NORMALISED))
    assert same_weights(grouped, plain)  # there is no decay to spare


def test_gradients_are_scaled_to_the_norm_and_left_alone_below_it():
    norms = []
    for largest in (1e-3, 1e6):
        training = begin(settings(clip_grad_norm=largest))
        training.network.train()
        training.start_epoch()
        training.step.gradient(16)
        before = [parameter.grad.clone() for parameter in training.network.parameters()]
        (clip,) = training.step.before_update
        clip()
        after = [parameter.grad for parameter in training.network.parameters()]
        norm = torch.cat([gradient.flatten() for gradient in before]).norm()
        scale = min(1, largest / (norm.item() + 1e-6))
        for one, other in zip(before, after, strict=True):
            torch.testing.assert_close(other, one * scale)
        norms.append(scale)
    assert norms[0] < 1 == norms[1]


def test_label_smoothing_mixes_the_label_with_all_classes():
    run = settings(loss={"name": "CrossEntropyLoss", "label_smoothing": 0.3})
    outputs, labels = torch.randn(5, 3), torch.tensor([0, 1, 2, 1, 0])
    soft = 0.7 * functional.one_hot(labels, 3) + 0.3 / 3
    expected = -(soft * outputs.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(begin(run).step.criterion(outputs, labels), expected)


def test_the_average_follows_its_formula_and_what_is_kept_is_the_average():
    training = begin(settings(model=NORMALISED, ema_decay=0.9, epochs=2))
    start = [p.detach().clone() for p in training.network.parameters()]
    seen = []
    training.step.after_update.insert(
        0, lambda: seen.append([p.detach().clone() for p in training.network.parameters()])
    )
    train(training)
    average = start
    for update, weights in enumerate(seen, start=1):
        decay = min(0.9, (1 + update) / (10 + update))
        average = [decay * a + (1 - decay) * w for a, w in zip(average, weights, strict=True)]
    for ours, expected in zip(training.evaluated.parameters(), average, strict=True):
        torch.testing.assert_close(ours.data, expected, rtol=1e-4, atol=1e-6)
    kept = training.weights()
    assert all(torch.equal(kept[n], v) for n, v in training.evaluated.state_dict().items())
    assert not torch.equal(kept["features.0.weight"], training.network.features[0].weight)
    assert int(kept["features.1.num_batches_tracked"]) == 6


def test_shared_weights_are_averaged_once():
    layer = torch.nn.Linear(2, 2)
    twice = torch.nn.Sequential(layer, layer)
    averaged = Averaged(twice, 0.5)
    with torch.no_grad():
        before = layer.weight.clone()
        layer.weight += 1
    averaged.update()
    torch.testing.assert_close(averaged.network[1].weight, before + 1 - 2 / 11)


def test_an_image_and_its_mirror_are_judged_together():
    training = begin(settings(test_time_flip=True))
    network = training.network.eval()
    images = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        expected = (network(images) + network(images.flip(3))) / 2
        found = training.evaluations["test"].forward(images)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", ["MixUp", "CutMix"])
def test_a_batch_is_mixed_with_its_neighbours_by_one_share(name):
    pipeline = begin(settings(augmentation={name: {"alpha": 1.0}})).step.pipeline
    draws = pipeline.draw(64, order.generator("augmentation", 0, 1))
    images, labels = torch.rand(8, 3, 16, 16), torch.arange(8)
    for first in range(0, 64, 8):
        drawn = {key: value[first : first + 8] for key, value in draws.items()}
        mixed, targets = pipeline.mix(images, labels, drawn)
        assert torch.equal(targets.partners, labels.roll(1))
        share, other = targets.share, images.roll(1, 0)
        if name == "MixUp":
            torch.testing.assert_close(mixed, share * images + (1 - share) * other)
        else:
            own = (mixed == images).all(1)
            assert ((mixed == images) | (mixed == other)).all()
            assert own.all(0).float().mean().item() == pytest.approx(share.item())
            assert torch.equal(own, own[:1].expand_as(own))


def test_shares_are_beta_distributed():
    pipeline = begin(settings(augmentation={"MixUp": {"alpha": 0.2}})).step.pipeline
    shares = pipeline.draw(20_000, order.generator("augmentation", 0, 1))["MixUp"][:, 0]
    beta = torch.distributions.Beta(0.2, 0.2)
    assert shares.mean().item() == pytest.approx(0.5, abs=0.01)
    assert shares.var().item() == pytest.approx(beta.variance.item(), abs=0.005)
    assert shares.min() >= 0
    assert shares.max() <= 1


def test_the_side_of_what_is_cut_is_torchvisions():
    """As torchvision computes it: a box around a uniform centre, cut off at the edges."""
    pipeline = begin(settings(augmentation={"CutMix": {}})).step.pipeline
    transform = next(iter(pipeline._transforms.values()))
    images, labels = torch.zeros(2, 3, 10, 20), torch.arange(2)
    images[1] = 1
    for share, down, across in ((0.75, 0.0, 0.0), (0.36, 0.55, 0.99), (0.0, 0.5, 0.5)):
        drawn = torch.tensor([[share, down, across]] * 2)
        mixed, targets = transform(images, labels, drawn)
        half = 0.5 * (1 - share) ** 0.5
        y, x, h, w = int(down * 10), int(across * 20), int(half * 10), int(half * 20)
        box = torch.zeros(10, 20, dtype=torch.bool)
        box[max(0, y - h) : min(10, y + h), max(0, x - w) : min(20, x + w)] = True
        assert torch.equal(mixed[0, 0] == 1, box)
        assert targets.share.item() == pytest.approx(1 - box.float().mean().item())


def test_the_loss_of_a_mixture_is_that_of_mixed_labels():
    pipeline = begin(settings(augmentation={"MixUp": {}})).step.pipeline
    outputs, labels, partners = torch.randn(4, 3), torch.tensor([0, 1, 2, 0]), torch.tensor([1] * 4)
    share = torch.tensor(0.3)
    soft = 0.3 * functional.one_hot(labels, 3) + 0.7 * functional.one_hot(partners, 3)
    loss = pipeline.mixed_loss(functional.cross_entropy)(outputs, Targets(labels, partners, share))
    torch.testing.assert_close(loss, functional.cross_entropy(outputs, soft))


def test_a_resumed_run_with_every_option_ends_with_the_same_bits():
    whole = trained(ALL)
    first = begin(ALL)

    class Stop(Exception):
        pass

    def stop(training):
        if training.steps_done == 4:
            raise Stop

    with pytest.raises(Stop):
        train(first, after_step=stop)
    state = copy.deepcopy(first.state_dict())
    second = begin(ALL)
    second.load_state_dict(state)
    train(second)
    assert without_seconds(second) == without_seconds(whole)
    assert same_weights(second, whole)
    assert all(torch.equal(second.weights()[n], v) for n, v in whole.weights().items())
