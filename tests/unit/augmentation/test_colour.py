"""Jitter and grayscale against torchvision's, and their draws against what torchvision draws."""

from collections import Counter
from itertools import permutations

import pytest
import torch
from scipy.stats import chisquare, kstest
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from ablate.augmentation.color_jitter import ColorJitter
from ablate.augmentation.random_grayscale import RandomGrayscale
from ablate.settings.augmentation import Grayscale, Jitter

ADJUST = (
    functional.adjust_brightness,
    functional.adjust_contrast,
    functional.adjust_saturation,
    functional.adjust_hue,
)
HUE = 3
JITTER = Jitter(brightness=0.4, contrast=1.5, saturation=0.3, hue=0.2)


def pictures(n, seed=0):
    """Noise in 0..1, with grey, black, white and one-coloured pixels among it."""
    images = torch.rand(n, 3, 12, 10, generator=torch.Generator().manual_seed(seed))
    images[:, :, 0] = images[:, :1, 0]
    images[:, :, 1] = 0
    images[:, :, 2] = 1
    images[:, 1:, 3] = 0
    images[:, :2, 4] = images[:, 2:, 4]
    return images


def numbers(n, seed=1):
    return torch.rand(n, ColorJitter.uniforms, generator=torch.Generator().manual_seed(seed))


def order_of(row):
    """The order that a row of uniform numbers stands for: the hue put among the sorted three."""
    order = sorted(range(3), key=lambda i: row[3 + i])
    order.insert(int(row[7] * 4), HUE)
    return tuple(order)


def torchvisions(image, row, settings):
    """torchvision's functions one after another, with the parameters that a row stands for."""
    widths = (settings.brightness, settings.contrast, settings.saturation)
    factors = [max(0, 1 - w) + row[i] * (1 + w - max(0, 1 - w)) for i, w in enumerate(widths)]
    factors.append(-settings.hue + row[6] * 2 * settings.hue)
    for operation in order_of(row):
        image = ADJUST[operation](image, factors[operation])
    return image


@pytest.mark.parametrize(
    "settings",
    [
        JITTER,
        Jitter(brightness=0.4, contrast=0.4, saturation=0.4),
        Jitter(hue=0.5),
        Jitter(contrast=0.8),
        Jitter(),
    ],
)
def test_jitter_is_torchvisions_for_the_same_draws(settings):
    images, u = pictures(120), numbers(120)
    found = ColorJitter(settings)(images, u)
    wanted = [torchvisions(i, r, settings) for i, r in zip(images, u.tolist(), strict=True)]
    assert len({order_of(row) for row in u.tolist()}) == 24
    torch.testing.assert_close(found, torch.stack(wanted), rtol=0, atol=3e-6)


def test_no_jitter_changes_nothing():
    images = pictures(20)
    assert torch.equal(ColorJitter(Jitter())(images, numbers(20)), images)


def test_all_24_orders_are_equally_likely():
    counts = Counter(order_of(row) for row in numbers(24 * 300, seed=5).tolist())
    assert set(counts) == set(permutations(range(4)))
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_brightness_factors_are_distributed_as_torchvisions():
    grey = torch.full((3000, 3, 2, 2), 0.25)
    ours = ColorJitter(Jitter(brightness=0.6))(grey, numbers(3000)).flatten(1).mean(1) / 0.25
    assert kstest(ours.numpy(), "uniform", args=(0.4, 1.2)).pvalue > 0.001


def test_a_width_beyond_one_starts_at_zero():
    grey = torch.full((3000, 3, 2, 2), 0.25)
    ours = ColorJitter(Jitter(brightness=2.0))(grey, numbers(3000)).flatten(1).mean(1) / 0.25
    assert kstest(ours.numpy(), "uniform", args=(0, 3)).pvalue > 0.001


def test_whole_jitter_is_distributed_as_torchvisions():
    image = pictures(1)[0]
    reference = v2.ColorJitter(**JITTER.model_dump())
    torch.manual_seed(0)
    theirs = torch.stack([reference(image) for _ in range(600)])
    ours = ColorJitter(JITTER)(image.expand(2000, 3, 12, 10), numbers(2000))
    for statistic in (lambda x: x.mean((1, 2, 3)), lambda x: x[:, 0].mean((1, 2))):
        assert kstest(statistic(ours).numpy(), statistic(theirs).numpy()).pvalue > 0.001


def test_grayscale_is_torchvisions_below_p():
    images = pictures(4)
    u = torch.tensor([[0.0], [0.099], [0.1], [0.7]])
    found = RandomGrayscale(Grayscale(p=0.1))(images, u)
    torch.testing.assert_close(found[:2], functional.rgb_to_grayscale(images[:2], 3))
    assert torch.equal(found[2:], images[2:])
