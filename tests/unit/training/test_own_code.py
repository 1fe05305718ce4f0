"""Trainings of one's own code: what it may do, and what it is told where it may not."""

import copy
import sys
from pathlib import Path

import pytest
import torch
from tiny_training import SGD, VGG, begin, same_weights, settings, trained, without_seconds

from ablate import named
from ablate.errors import AblateError
from ablate.models import cost
from ablate.settings import own
from ablate.training.loop import train

NETWORKS = '''
import copy, random
import torch
from torch import nn
from .blocks import head

class Plain(nn.Module):
    def __init__(self, classes: int, channels: int = 4):
        super().__init__()
        self.body = nn.Conv2d(3, channels, 4, stride=4)
        self.head = head(channels, classes)
    def forward(self, images):
        return self.head(self.body(images).relu().mean((2, 3)))

class Talks(Plain):
    def forward(self, images):
        print("seen", len(images))
        return super().forward(images)

class Fails(Plain):
    def forward(self, images):
        if self.training:
            raise KeyError("gone")
        return super().forward(images)

class WrongShape(Plain):
    def forward(self, images):
        return super().forward(images)[:, :2]

class NoTensor(Plain):
    def forward(self, images):
        return [super().forward(images)]

class Random(Plain):
    """Draws from torch, from Python and keeps a count that is no part of its weights."""
    def __init__(self, classes: int):
        super().__init__(classes)
        self.register_buffer("seen", torch.zeros(()), persistent=False)
        self.register_buffer("mean", torch.zeros(4))
    def forward(self, images):
        maps = self.body(images).relu().mean((2, 3))
        if self.training:
            self.seen += 1
            self.mean.lerp_(maps.detach().mean(0), 0.1)
            maps = maps * torch.rand_like(maps) + random.random() / (1 + self.seen) + self.mean
        return self.head(maps)

class Shares(nn.Module):
    def __init__(self, classes: int):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 8, stride=8)
        self.once = nn.Conv2d(4, 4, 3, padding=1)
        self.again = self.once
        self.head = nn.Linear(4, classes)
    def forward(self, images):
        maps = self.again(self.once(self.stem(images)).relu())
        return self.head(maps.mean((2, 3)))

class Convolutions(nn.Module):
    """No Linear layer."""
    def __init__(self, classes: int):
        super().__init__()
        self.only = nn.Conv2d(3, classes, 8, stride=8)
    def forward(self, images):
        return self.only(images).mean((2, 3))

def made(classes: int, hidden: int = 5):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, hidden), nn.ReLU(),
                         nn.Linear(hidden, classes))

class NoModule:
    def __init__(self, classes: int):
        pass
'''
PARTS = """
import torch

def head(inputs, outputs):
    return torch.nn.Linear(inputs, outputs)

def focal(outputs, labels, gamma: float = 2.0):
    p = outputs.log_softmax(1).gather(1, labels[:, None])
    return (-(1 - p.exp()) ** gamma * p).mean()

class Squared:
    def __init__(self, weight: float = 1.0):
        self.weight = weight
    def __call__(self, outputs, labels):
        return self.weight * (outputs - torch.nn.functional.one_hot(labels, 3)).square().mean()

class Signs(torch.optim.Optimizer):
    def __init__(self, params, lr: float = 0.01):
        super().__init__(params, {"lr": lr})
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["lr"] * p.grad.sign()

class Falls(torch.optim.lr_scheduler.LRScheduler):
    def __init__(self, optimizer, by: float = 0.5):
        self.by = by
        super().__init__(optimizer)
    def get_lr(self):
        return [rate * self.by**self.last_epoch for rate in self.base_lrs]

class Spreads(Falls):
    by_step = True
    def __init__(self, optimizer, total_steps: int):
        self.total_steps = total_steps
        super().__init__(optimizer, 0.9)

class Brighter:
    uniforms = 1
    def __init__(self, most: float = 0.5):
        self.most = most
    def __call__(self, images, u):
        return images + self.most * u[:, :, None, None]

def darker(images, by: float = 0.5):
    return images * by
"""
BROKEN = 'raise RuntimeError("Python\'s own was shadowed")'


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "networks.py").write_text(NETWORKS)
    (tmp_path / "blocks.py").write_text(PARTS)
    for name in ("random", "copy", "torch", "torchvision", "resnet"):
        (tmp_path / f"{name}.py").write_text(BROKEN)
    own.use(tmp_path)
    yield tmp_path
    own.use(None)


def run(name: str, **changes):
    arguments = changes.pop("arguments", {})
    return settings(model={"name": f"networks.{name}", "arguments": arguments}, **changes)


@pytest.mark.parametrize("name", ["Plain", "Talks", "Random", "Shares", "Convolutions", "made"])
def test_any_torch_module_trains_and_the_same_bits_twice(name):
    one, other = trained(run(name)), trained(run(name))
    assert without_seconds(one) == without_seconds(other)
    assert same_weights(one, other)
    assert not one.diverged
    start = begin(run(name)).network.state_dict()
    assert any(not torch.equal(start[n], v) for n, v in one.network.state_dict().items())


def test_no_file_shadows_pythons_or_torchs_and_the_folder_is_on_no_path(folder):
    trained(run("Plain"))
    assert str(folder) not in sys.path
    assert Path(sys.modules["random"].__file__).parent != folder
    trained(settings(model=VGG, optimizer=SGD))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("WrongShape", r"returns \[1, 2\] for 1 images of 3 classes; .*\[1, 3\] are needed"),
        ("NoTensor", "returns list, a tensor is needed"),
        ("NoModule", "gives NoModule, a torch module is needed"),
    ],
)
def test_what_is_no_classifier_of_these_images_is_told_before_it_trains(name, said):
    with pytest.raises(AblateError, match=said):
        begin(run(name))


def test_an_error_in_training_is_told_with_its_line():
    line = NETWORKS[: NETWORKS.index('raise KeyError("gone")')].count("\n") + 1
    with pytest.raises(KeyError) as raised:
        trained(run("Fails"))
    assert named.blame(raised.value) == f"networks.py, line {line}: KeyError: 'gone'"
    assert named.blame(ValueError("of ablate's own")) is None


@pytest.mark.parametrize(
    ("part", "written"),
    [
        ("loss", "parts.Loss"),
        ("optimizer", {"name": "parts.Optimizer", "lr": 0.1}),
        ("schedule", "parts.schedule"),
    ],
)
def test_an_error_in_building_a_part_is_told_with_its_line(folder, part, written):
    (folder / "parts.py").write_text(
        "class Loss:\n    def __init__(self): raise ValueError('no')\n"
        "class Optimizer:\n    def __init__(self, params, lr): raise ValueError('no')\n"
        "def schedule(optimizer): raise ValueError('no')\n"
    )
    with pytest.raises(AblateError, match=r"refuses: parts\.py, line \d: ValueError: no"):
        begin(settings(**{part: written}))


def test_images_it_cannot_take_are_told(folder):
    (folder / "tall.py").write_text(
        "from torch import nn\ndef net(classes):\n    return nn.Sequential(\n"
        "        nn.Conv2d(3, 4, 64), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, classes))"
    )
    with pytest.raises(AblateError, match=r"it cannot take an image of 32x32: .*[Kk]ernel size"):
        begin(settings(model={"name": "tall.net"}))


def test_a_file_that_does_not_load_is_told_with_its_line_and_how_to_import_beside_it(folder):
    (folder / "late.py").write_text("import blocks\n\ndef net(classes): ...\n")
    with pytest.raises(AblateError, match=r"late\.py, line 1: .*write `from \. import blocks`"):
        begin(settings(model={"name": "late.net"}))


def test_a_narrow_strided_convolution_of_ones_own_kind_is_refused(folder):
    (folder / "narrow.py").write_text(
        "from torch import nn\nclass Conv(nn.Conv2d):\n    pass\ndef net(classes):\n"
        "    return nn.Sequential(Conv(3, classes, 1, stride=2), nn.AdaptiveAvgPool2d(1),"
        " nn.Flatten())"
    )
    with pytest.raises(AblateError, match="oneDNN"):
        begin(settings(model={"name": "narrow.net"}))


def test_a_resumed_run_goes_on_to_the_same_bits_whatever_it_draws_from():
    asked = run("Random", augmentation={"blocks.Brighter": {}}, epochs=3)
    whole, first = trained(asked), begin(asked)

    class Stop(Exception):
        pass

    def stop(training):
        if training.steps_done == 4:
            raise Stop

    with pytest.raises(Stop):
        train(first, after_step=stop)
    state = copy.deepcopy(first.state_dict())
    trained(run("Random"))  # what else draws meanwhile does not matter
    second = begin(asked)
    second.load_state_dict(state)
    train(second)
    assert without_seconds(second) == without_seconds(whole)
    assert same_weights(second, whole)


def test_ones_own_loss_optimizer_and_transforms_compute_what_they_say():
    asked = settings(
        loss={"name": "blocks.focal", "gamma": 0.0},
        optimizer={"name": "blocks.Signs", "lr": 0.25},
        augmentation={"blocks.darker": {"by": 0.0}},
        epochs=1,
    )
    training = begin(asked)
    outputs, labels = torch.randn(6, 3), torch.arange(6) % 3
    expected = torch.nn.functional.cross_entropy(outputs, labels)
    torch.testing.assert_close(training.step.criterion(outputs, labels), expected)
    before = [p.detach().clone() for p in training.network.parameters()]
    training.network.train()
    training.start_epoch()
    training.take_step()
    for parameter, start in zip(training.network.parameters(), before, strict=True):
        moved = (parameter - start).abs()
        assert ((moved - 0.25).abs().lt(1e-5) | (moved == 0)).all()
    images = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    seen = training.step.pipeline.apply(images, {"blocks.darker": torch.zeros(2, 0)})
    assert torch.equal(seen, training.step.pipeline.apply_test(torch.zeros_like(images)))


def test_a_class_may_be_a_loss_too():
    training = begin(settings(loss={"name": "blocks.Squared", "weight": 2.0}))
    outputs, labels = torch.zeros(2, 3), torch.tensor([0, 1])
    assert training.step.criterion(outputs, labels).item() == pytest.approx(2 / 3)


def test_ones_own_schedule_is_stepped_once_an_epoch_or_once_a_step():
    by_epoch = begin(settings(schedule={"name": "blocks.Falls", "by": 0.5})).rates
    assert by_epoch == pytest.approx([0.05] * 3 + [0.025] * 3)
    by_step = begin(settings(schedule="blocks.Spreads")).rates
    assert by_step == pytest.approx([0.05 * 0.9**step for step in range(6)])


def test_torchvisions_networks_are_built_as_torchvision_builds_them():
    import torchvision

    asked = settings(model={"name": "shufflenet_v2_x0_5"})
    torch.manual_seed(0)
    theirs = torchvision.models.shufflenet_v2_x0_5(weights=None, num_classes=3).state_dict()
    ours = begin(asked).network.state_dict()
    assert [*ours] == [*theirs]
    assert all(torch.equal(ours[name], value) for name, value in theirs.items())


def test_images_too_small_for_a_network_of_torchvisions_are_told_on_meta_tensors():
    alexnet = settings(model={"name": "alexnet"}).model
    with pytest.raises(AblateError, match=r"cannot take an image of 32x32: .*too small"):
        cost.count(alexnet, 3, (32, 32))
    assert cost.count(alexnet, 10, (64, 64))[0] > 50e6
    # RegNet cannot be built of meta tensors.
    assert cost.count(settings(model={"name": "regnet_y_400mf"}).model, 10, (32, 32))[0] > 3e6
