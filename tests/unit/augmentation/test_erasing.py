"""RandomErasing against torchvision's: the same rectangle for the same draws."""

import math

import pytest
import torch
from scipy.stats import chisquare, kstest
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from ablate.augmentation.random_erasing import TRIES, RandomErasing
from ablate.settings.augmentation import Erasing

# Ratios and areas at which many tries fail.
HARD = Erasing(p=1.0, scale=(0.5, 1.0), ratio=(0.2, 8.0), value=2.5)


def numbers(n, seed=0):
    return torch.rand(n, RandomErasing.uniforms, generator=torch.Generator().manual_seed(seed))


def rectangle(row, settings, rows, columns):
    """torchvision's loop of ten tries, fed with a row of uniform numbers; None where none fits."""
    low, high = (math.log(r) for r in settings.ratio)
    for a, r in zip(row[3 : 3 + TRIES], row[3 + TRIES :], strict=True):
        area = rows * columns * (settings.scale[0] + a * (settings.scale[1] - settings.scale[0]))
        ratio = math.exp(low + r * (high - low))
        height, width = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if height < rows and width < columns:
            top, left = int(row[1] * (rows - height + 1)), int(row[2] * (columns - width + 1))
            return top, left, height, width
    return None


@pytest.mark.parametrize("settings", [Erasing(), Erasing(p=0.25, value=-1.5), HARD])
@pytest.mark.parametrize("shape", [(32, 32), (17, 30)])
def test_erases_torchvisions_rectangle_for_the_same_draws(settings, shape):
    u = numbers(400)
    images = torch.randn(400, 3, *shape, generator=torch.Generator().manual_seed(1))
    found = RandomErasing(settings)(images, u)
    value = torch.full((3, 1, 1), settings.value)
    erased = 0
    for image, row, result in zip(images, u.tolist(), found, strict=True):
        place = rectangle(row, settings, *shape) if row[0] < settings.p else None
        wanted = image if place is None else functional.erase(image, *place, value)
        assert torch.equal(result, wanted)
        erased += place is not None
    assert 0 < erased < 400 or settings.p == 1


def theirs(settings, side, n):
    """The rectangles torchvision draws: (top, left, height, width), None where it erases none."""
    torch.manual_seed(3)
    reference = v2.RandomErasing(p=1.0, scale=settings.scale, ratio=settings.ratio, value=0)
    drawn = [reference.make_params([torch.zeros(3, side, side)]) for _ in range(n)]
    return [tuple(d[k] for k in "ijhw") if d["v"] is not None else None for d in drawn]


@pytest.mark.parametrize("settings", [Erasing(p=1.0), HARD])
def test_rectangles_are_distributed_as_torchvisions(settings):
    theirs_drawn = theirs(settings, 32, 1500)
    reference = torch.tensor([r for r in theirs_drawn if r is not None]).double()
    drawn = torch.stack(RandomErasing(settings).rectangles(numbers(6000), 32, 32), 1).double()
    ours = drawn[drawn[:, 2] > 0]
    share = len(reference) / len(theirs_drawn)
    assert len(ours) / 6000 == pytest.approx(share, abs=0.03)
    for measure in (
        lambda r: r[:, 2] * r[:, 3],
        lambda r: r[:, 2] / r[:, 3],
        lambda r: r[:, 0],
        lambda r: r[:, 1],
    ):
        assert kstest(measure(ours).numpy(), measure(reference).numpy()).pvalue > 0.001


def test_places_are_uniform_where_the_rectangle_fits():
    settings = Erasing(p=1.0, scale=(0.25, 0.25), ratio=(1.0, 1.0))
    top, left, height, width = RandomErasing(settings).rectangles(numbers(25 * 300), 8, 8)
    assert set(height.tolist()) == set(width.tolist()) == {4}
    assert chisquare(torch.bincount(top * 5 + left, minlength=25).numpy()).pvalue > 0.001


@pytest.mark.parametrize("p", [0.0, 0.25, 1.0])
def test_rate_of_erasing(p):
    n = 8000
    height = RandomErasing(Erasing(p=p)).rectangles(numbers(n), 32, 32)[2]
    # At these scales and ratios a try nearly always fits, and ten always.
    rate = (height > 0).double().mean().item()
    assert rate == pytest.approx(p, abs=4 * (p * (1 - p) / n) ** 0.5)


def test_an_image_stays_whole_if_no_try_fits():
    settings = Erasing(p=1.0, scale=(1.0, 1.0), ratio=(1.0, 1.0), value=9.0)
    images = torch.zeros(5, 3, 8, 8)
    assert torch.equal(RandomErasing(settings)(images, numbers(5)), images)
