"""RandAugment and TrivialAugmentWide: each operation is torchvision's, and acts as often."""

from collections import Counter

import pytest
import torch
from torchvision.transforms import InterpolationMode, autoaugment

from ablate.augmentation import policy
from ablate.augmentation.rand_augment import RandAugment
from ablate.augmentation.trivial_augment_wide import TrivialAugmentWide
from ablate.settings.augmentation import RandomPolicy, TrivialPolicy

SMOOTH = torch.arange(24 * 32).reshape(24, 32) % 200


def images() -> torch.Tensor:
    """Noise, a ramp, and an image of one colour: uint8 [3, 3, 24, 32]."""
    noise = torch.randint(0, 256, (3, 24, 32), generator=torch.Generator().manual_seed(0))
    ramp = torch.stack([SMOOTH, SMOOTH // 2, SMOOTH + 50])
    flat = torch.full((3, 24, 32), 77)
    return torch.stack([noise, ramp, flat]).to(torch.uint8)


@pytest.mark.parametrize("strength", [0, 3, 9, 17, 30])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("name", policy.OPERATIONS)
def test_an_operation_is_torchvisions(name, wide, sign, strength):
    given = images()
    if wide:
        space = autoaugment.TrivialAugmentWide()._augmentation_space(31)
        ours = TrivialAugmentWide(TrivialPolicy()).table
    else:
        space = autoaugment.RandAugment()._augmentation_space(31, (24, 32))
        table = [
            RandAugment(RandomPolicy(magnitude=bin))._magnitudes(given)[0] for bin in range(31)
        ]
        ours = torch.stack(table, dim=1)
    magnitudes, signed = space[name]
    magnitude = magnitudes[strength].item() if magnitudes.ndim else 0.0
    place = policy.PLACE[name]
    assert ours[place, strength].item() == pytest.approx(magnitude, abs=1e-4)
    magnitude *= sign if signed else 1
    expected = torch.stack(
        [
            autoaugment._apply_op(each, name, magnitude, InterpolationMode.NEAREST, None)
            for each in given
        ]
    )
    found = policy.apply(given, torch.full((3,), place), torch.full((3,), magnitude))
    # Rounding decides where two pixels are equally near, or a blend is nearly a whole number.
    differs = (found.int() - expected.int()).abs()
    allowed = 0.02 if name in ("ShearX", "ShearY", "Rotate") else 0.001
    assert (differs > 1).float().mean() <= allowed
    if name not in ("Brightness", "Color", "Contrast", "Sharpness"):
        assert (differs > 0).float().mean() <= allowed


def test_every_image_gets_its_own_operation():
    given = images()
    operations = torch.tensor([policy.PLACE[n] for n in ("Solarize", "Rotate", "Identity")])
    together = policy.apply(given, operations, torch.tensor([100.0, 20.0, 0.0]))
    for place, magnitude in enumerate((100.0, 20.0, 0.0)):
        alone = policy.apply(
            given[place : place + 1], operations[place : place + 1], torch.tensor([magnitude])
        )
        assert torch.equal(together[place], alone[0])
    assert torch.equal(together[2], given[2])


def test_operations_and_signs_are_equally_likely():
    u = torch.rand(56_000, 2, generator=torch.Generator().manual_seed(1))
    operation, magnitude = policy.drawn(u, torch.ones(len(u), 14))
    counts = Counter(operation.tolist())
    assert all(abs(counts[place] - 4000) < 300 for place in range(14))
    for name, place in policy.PLACE.items():
        negative = (magnitude[operation == place] < 0).float().mean().item()
        signed = 1 <= place <= 9
        assert negative == pytest.approx(0.5 if signed else 0, abs=0.03), name


def test_strengths_are_equally_likely_and_as_many_operations_act_as_asked():
    transform = TrivialAugmentWide(TrivialPolicy(num_magnitude_bins=4))
    u = torch.tensor([[0.5 / 14 + place / 14, 0.9, bin / 4] for place in (11,) for bin in range(4)])
    given = images()[:1].expand(4, -1, -1, -1)
    found = transform(given, u)
    for bin, threshold in enumerate((255, 170, 85, 0)):
        expected = torch.where(given[bin] >= threshold, 255 - given[bin], given[bin])
        assert torch.equal(found[bin], expected)
    twice = RandAugment(RandomPolicy(num_ops=2, magnitude=20, num_magnitude_bins=31))
    invert = [11.5 / 14, 0.9] * 2  # Solarize twice
    once = policy.apply(given[:1], torch.tensor([11]), twice._magnitudes(given)[0, 11:12])
    both = policy.apply(once, torch.tensor([11]), twice._magnitudes(given)[0, 11:12])
    assert torch.equal(twice(given[:1], torch.tensor([invert])), both)
