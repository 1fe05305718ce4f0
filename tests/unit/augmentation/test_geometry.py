"""Crop and flips against torchvision's, and their draws against uniform ones."""

import pytest
import torch
from scipy.stats import chisquare
from torchvision.transforms.v2 import functional

from ablate.augmentation.random_crop import RandomCrop
from ablate.augmentation.random_horizontal_flip import RandomHorizontalFlip
from ablate.augmentation.random_vertical_flip import RandomVerticalFlip
from ablate.augmentation.uniform import whole
from ablate.errors import AblateError
from ablate.settings.augmentation import Crop, HorizontalFlip, VerticalFlip


def pictures(n, height=32, width=32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (n, 3, height, width), dtype=torch.uint8, generator=generator)


def coordinates(n, side=32):
    """Pixels that tell their place: its row in channel 0, its column in channel 1, from 1."""
    place = torch.arange(1, side + 1, dtype=torch.uint8)
    rows, columns = place[:, None].expand(side, side), place[None].expand(side, side)
    return torch.stack([rows, columns, rows]).expand(n, 3, side, side)


@pytest.mark.parametrize(("size", "padding"), [(32, 4), (28, 0), (24, 2), (32, 0)])
def test_crop_is_torchvisions_at_every_place(size, padding):
    reach = 32 + 2 * padding - size + 1
    top, left = (p.flatten() for p in torch.meshgrid(*[torch.arange(reach)] * 2, indexing="ij"))
    images = pictures(len(top))
    u = (torch.stack([top, left], 1) + 0.5) / reach
    found = RandomCrop(Crop(size=size, padding=padding))(images, u)
    padded = functional.pad(images, [padding])
    wanted = [
        functional.crop(image, t, le, size, size)
        for image, t, le in zip(padded, top.tolist(), left.tolist(), strict=True)
    ]
    assert torch.equal(found, torch.stack(wanted))


def test_crop_of_an_oblong_image():
    images = pictures(50, 20, 40)
    u = torch.rand(50, 2, generator=torch.Generator().manual_seed(1))
    padded = functional.pad(images, [3])
    for size, (height, width) in (("image", (20, 40)), ((18, 24), (18, 24)), (16, (16, 16))):
        found = RandomCrop(Crop(size=size, padding=3))(images, u)
        for image, (down, across), crop in zip(padded, u.double(), found, strict=True):
            corner = int(down * (27 - height)), int(across * (47 - width))
            assert torch.equal(crop, functional.crop(image, *corner, height, width))


@pytest.mark.parametrize("size", [32, (16, 17), (17, 16)])
def test_crop_larger_than_the_image_is_one_message(size):
    with pytest.raises(AblateError, match=r"RandomCrop: size is .*, larger than.* are 16x16"):
        RandomCrop(Crop(size=size, padding=8))(pictures(2, 16, 16), torch.zeros(2, 2))


def test_crop_offsets_are_uniform_and_independent():
    n = 81 * 200
    u = torch.rand(n, 2, generator=torch.Generator().manual_seed(2))
    found = RandomCrop(Crop(size="image", padding=4))(coordinates(n), u)
    # Pixel (16, 16) of the crop is at (12 + top, 12 + left) of the image, which counts from 1.
    top, left = found[:, 0, 16, 16].long() - 13, found[:, 1, 16, 16].long() - 13
    counts = torch.bincount(top * 9 + left, minlength=81)
    assert len(counts) == 81
    assert chisquare(counts.numpy()).pvalue > 0.001


def test_whole_numbers_stay_below_their_count_at_the_largest_draw():
    counts = torch.arange(1, 5000)
    largest = torch.full(counts.shape, 1 - 2**-24)
    assert torch.equal(whole(largest, counts), counts - 1)
    assert torch.equal(whole(torch.zeros(counts.shape), counts), torch.zeros_like(counts))


FLIPS = [
    (RandomHorizontalFlip, HorizontalFlip, functional.horizontal_flip),
    (RandomVerticalFlip, VerticalFlip, functional.vertical_flip),
]


@pytest.mark.parametrize(("transform", "settings", "reference"), FLIPS)
def test_flip_is_torchvisions_below_p(transform, settings, reference):
    images = pictures(4, 8, 12)
    u = torch.tensor([[0.0], [0.299], [0.3], [0.9]])
    found = transform(settings(p=0.3))(images, u)
    assert torch.equal(found[:2], reference(images[:2]))
    assert torch.equal(found[2:], images[2:])


@pytest.mark.parametrize(("transform", "settings", "_"), FLIPS)
@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 1.0])
def test_flip_rate(transform, settings, _, p):
    n = 10000
    images = coordinates(1, 2).expand(n, 3, 2, 2)
    u = torch.rand(n, 1, generator=torch.Generator().manual_seed(3))
    flipped = (transform(settings(p=p))(images, u) != images).flatten(1).any(1).double().mean()
    assert flipped.item() == pytest.approx(p, abs=4 * (p * (1 - p) / n) ** 0.5)
