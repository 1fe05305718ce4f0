"""The benchmark's contestants do the same work: same network, same loss, same updates."""

import sys
from itertools import islice
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import contestants, images, layout
from benchmarks.cases import BATCH_SIZES, NETWORKS, settings
from benchmarks.contestants.per_image import PerImage
from benchmarks.contestants.strong import PADDING, crop_and_flip
from benchmarks.task import Task

CPU = torch.device("cpu")
TINY = {
    "resnet18": {"name": "resnet18", "width": 0.0625},
    "resnet18 without max-pool": {"name": "resnet18", "width": 0.0625, "max_pool": False},
    "vgg_a": {"name": "vgg_a", "width": 0.0625},
}
# Small steps: a large one makes of bf16's rounding another training.
SLOWER = {"name": "SGD", "lr": 0.02, "momentum": 0.9, "weight_decay": 1e-5}
BATCH = 16


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)
    benchmark = torch.backends.cudnn.benchmark
    yield
    torch.backends.cudnn.benchmark = benchmark


def task(network: str, **changes) -> Task:
    """A tiny network on a single batch of images, so that no order of theirs differs in effect."""
    optimizer = {} if network == "vgg_a" else {"optimizer": SLOWER}
    run = settings(network, BATCH, model=TINY[network], **optimizer, **changes)
    return Task(run, images.noise(BATCH, 10), CPU, workers=1)


def losses(name: str, asked: Task, steps: int = 4) -> list[float]:
    training = contestants.of_name(name)(asked).steps()
    try:
        return [float(loss) for loss in islice(training, steps)]
    finally:
        training.close()


@pytest.mark.parametrize("network", ["resnet18", "vgg_a"])
def test_in_fp32_our_losses_are_the_stock_peers_step_after_step(network):
    asked = task(network, precision="fp32")
    ours = losses("ours", asked)
    assert ours == pytest.approx(losses("stock", asked), rel=2e-3)
    assert ours[0] == pytest.approx(losses("stock", asked, 1)[0], rel=1e-5)
    assert len({round(loss, 4) for loss in ours}) == len(ours), "no update changed the loss"


def test_on_a_cpu_ours_is_deterministic_anyway():
    asked = task("resnet18 without max-pool")
    assert losses("ours", asked) == losses("ours", asked) == losses("deterministic", asked)
    assert contestants.ours_on(CPU) == ("ours",)
    assert contestants.ours_on(torch.device("cuda")) == ("ours", "deterministic")


@pytest.mark.parametrize("network", ["resnet18", "vgg_a"])
@pytest.mark.parametrize("name", ["ours", "strong", "competent"])
def test_in_bf16_losses_agree_within_its_rounding(network, name):
    asked = task(network, precision="bf16")
    assert losses(name, asked) == pytest.approx(losses("stock", asked), rel=0.03)


def test_each_says_in_what_it_multiplies():
    asked = task("resnet18", precision="bf16")
    names = ("ours", *contestants.PEERS)
    said = {name: contestants.of_name(name)(asked).precision for name in names}
    assert said == {"ours": "bf16", "strong": "bf16", "competent": "bf16", "stock": "fp32"}
    assert contestants.fp32_as_torch_has_it(torch.device("cuda")) == "tf32"


def test_the_strong_peer_crops_and_flips_as_torchvision_does():
    torch.manual_seed(0)
    image = torch.arange(1, 1 + 3 * 64, dtype=torch.uint8).reshape(1, 3, 8, 8)
    padded = torch.nn.functional.pad(image, [PADDING] * 4)
    allowed = {}
    for top in range(2 * PADDING + 1):
        for left in range(2 * PADDING + 1):
            window = padded[0, :, top : top + 8, left : left + 8]
            allowed[window.numpy().tobytes()] = top, left, False
            allowed[window.flip(2).numpy().tobytes()] = top, left, True
    outcomes = [
        allowed[outcome.contiguous().numpy().tobytes()]
        for outcome in crop_and_flip(padded.repeat(4000, 1, 1, 1))
    ]
    assert len(set(outcomes)) == 2 * (2 * PADDING + 1) ** 2
    assert sum(flipped for *_, flipped in outcomes) / 4000 == pytest.approx(0.5, abs=0.04)


def test_only_the_recipe_without_max_pool_moves_its_images():
    moved, still = PerImage(task("resnet18 without max-pool")), PerImage(task("resnet18"))
    assert len({moved[0][0].numpy().tobytes() for _ in range(20)}) > 10
    assert len({still[0][0].numpy().tobytes() for _ in range(20)}) == 1


def test_images_fill_whole_batches_of_every_size():
    assert all(images.COUNT % size == 0 for size in BATCH_SIZES)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_case_is_a_run_at_a_constant_rate(network):
    run = settings(network, 128)
    assert (run.schedule, run.batch_size) == (None, 128)


@pytest.mark.parametrize("network", ["resnet18", "vgg_a"])
def test_all_see_the_same_normalised_images(network):
    asked = task(network)
    per_image = torch.stack([PerImage(asked)[index][0] for index in range(BATCH)])
    strong = contestants.of_name("strong")(asked).batch(torch.arange(BATCH))
    pipeline = contestants.of_name("ours")(asked).training.step.pipeline
    ours = pipeline.apply_test(torch.from_numpy(asked.data.train_images))
    torch.testing.assert_close(strong, per_image, rtol=1e-4, atol=1e-5, check_stride=False)
    torch.testing.assert_close(ours, per_image, rtol=1e-4, atol=1e-5, check_stride=False)


def test_both_layouts_of_memory_compute_the_same():
    asked = task("resnet18")
    found = []
    for way in layout.LAYOUTS:
        one = layout.Contestant(asked, way, search=False)
        loss = next(one.steps())
        found.append([loss, *(parameter.grad for parameter in one.network.parameters())])
        assert one.images.is_contiguous(memory_format=layout.LAYOUTS[way])
        assert torch.backends.cudnn.benchmark is False
    for last, first in zip(*found, strict=True):
        torch.testing.assert_close(last, first, rtol=1e-3, atol=1e-5)
