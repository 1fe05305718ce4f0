"""The whole pipeline: order, normalising, independence of batches, no talk with the host."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torchvision.transforms import v2

from ablate.augmentation.pipeline import Pipeline
from ablate.errors import AblateError
from ablate.settings import Augmentation

MEAN, STD = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)
GEOMETRY = {
    "RandomCrop": {"size": "image", "padding": 4},
    "RandomHorizontalFlip": {},
    "RandomVerticalFlip": {},
}
ALL = {
    **GEOMETRY,
    "ColorJitter": {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1},
    "RandomGrayscale": {"p": 0.3},
    "RandomErasing": {},
}


def pipeline(transforms, mean=MEAN, std=STD):
    return Pipeline(Augmentation.model_validate(transforms), mean, std)


def pictures(n, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (n, 3, 32, 32), dtype=torch.uint8, generator=generator)


def drawn(pipe, n, seed=7):
    return pipe.draw(n, torch.Generator().manual_seed(seed))


def rows(draws, chosen):
    return {name: numbers[chosen] for name, numbers in draws.items()}


def test_without_transforms_it_is_torchvisions_normalize():
    images = pictures(6)
    pipe = pipeline({})
    reference = v2.Normalize(MEAN, STD)(v2.functional.to_dtype(images, torch.float32, scale=True))
    assert pipe.draw(6, torch.Generator()) == {}
    torch.testing.assert_close(pipe.apply(images, {}), reference)
    torch.testing.assert_close(pipe.apply_test(images), reference)


def test_one_number_normalises_every_channel():
    images = pictures(2)
    one = pipeline({}, 0.5, 0.5).apply_test(images)
    assert torch.equal(one, pipeline({}, [0.5] * 3, [0.5] * 3).apply_test(images))
    assert one.min() == -1
    assert one.max() == 1


def test_a_constant_channel_cannot_be_normalised():
    with pytest.raises(AblateError, match=r"normalize: found standard deviation .*0\.0"):
        pipeline({}, MEAN, (0.2, 0.0, 0.2))


def test_crops_pad_with_black_before_normalising_and_erasing_comes_after():
    white = torch.full((64, 3, 32, 32), 255, dtype=torch.uint8)
    pipe = pipeline({"RandomCrop": {"size": "image", "padding": 16}, "RandomErasing": {"p": 1.0}})
    channels = pipe.apply(white, drawn(pipe, 64)).transpose(0, 1).flatten(1)
    for values, mean, std in zip(channels, MEAN, STD, strict=True):
        expected = torch.tensor([-mean / std, 0, (1 - mean) / std])
        torch.testing.assert_close(values.unique(), expected)


def test_transforms_act_in_the_documented_order():
    pipe = pipeline(ALL)
    images, draws = pictures(40), drawn(pipe, 40)
    one_by_one = images
    for name in list(ALL)[:3]:
        one_by_one = pipe._transforms[name](one_by_one, draws[name])
    one_by_one = one_by_one / 255
    for name in list(ALL)[3:5]:
        one_by_one = pipe._transforms[name](one_by_one, draws[name])
    mean, std = (torch.tensor(s).view(3, 1, 1) for s in (MEAN, STD))
    one_by_one = pipe._transforms["RandomErasing"](
        (one_by_one - mean) / std, draws["RandomErasing"]
    )
    assert torch.equal(pipe.apply(images, draws), one_by_one)


@pytest.mark.parametrize("batch", [1, 7, 32])
@pytest.mark.parametrize("transforms", [GEOMETRY, ALL], ids=["geometry", "all"])
def test_an_image_does_not_depend_on_the_batch_it_is_in(batch, transforms):
    pipe = pipeline(transforms)
    images, draws = pictures(45), drawn(pipe, 45)
    together = pipe.apply(images, draws)
    # 45 leaves a smaller last batch.
    parts = [slice(start, start + batch) for start in range(0, 45, batch)]
    apart = torch.cat([pipe.apply(images[part], rows(draws, part)) for part in parts])
    assert torch.equal(together, apart)


def test_an_image_does_not_depend_on_its_place_in_the_batch():
    pipe = pipeline(ALL)
    images, draws = pictures(20), drawn(pipe, 20)
    shuffled = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    moved = pipe.apply(images[shuffled], rows(draws, shuffled))
    assert torch.equal(moved, pipe.apply(images, draws)[shuffled])


def test_draws_come_from_the_generator_alone():
    pipe = pipeline(ALL)
    torch.manual_seed(0)
    first = drawn(pipe, 30)
    torch.manual_seed(1)
    again, other = drawn(pipe, 30), drawn(pipe, 30, seed=8)
    for name in ALL:
        assert first[name].shape[0] == 30
        assert torch.equal(first[name], again[name])
        assert not torch.equal(first[name], other[name])


def test_applying_leaves_images_and_draws_as_they_were():
    pipe = pipeline(ALL)
    images, draws = pictures(10), drawn(pipe, 10)
    before = images.clone(), {name: numbers.clone() for name, numbers in draws.items()}
    first = pipe.apply(images, draws)
    assert torch.equal(images, before[0])
    assert all(torch.equal(draws[name], before[1][name]) for name in ALL)
    assert torch.equal(pipe.apply(images, draws), first)


class StaysOnDevice(TorchDispatchMode):
    """Notes operations that make a tensor elsewhere or bring a number of the host to the device."""

    def __init__(self, device):
        super().__init__()
        self.device, self.strays = device, []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        elsewhere = any(tensor.device.type != self.device for tensor in tensors)
        if elsewhere or function is torch.ops.aten.lift_fresh.default:
            self.strays.append(str(function))
        return result


def test_a_step_can_be_captured_since_nothing_touches_the_host():
    # On the meta device no value exists, so that shapes cannot depend on one.
    pipe = pipeline(ALL)
    draws = {name: numbers.to("meta") for name, numbers in drawn(pipe, 8).items()}
    images = pictures(8).to("meta")
    pipe.apply(images, draws)
    with StaysOnDevice("meta") as watch:
        augmented = pipe.apply(images, draws)
    assert watch.strays == []
    assert augmented.shape == (8, 3, 32, 32)
    assert augmented.dtype == torch.float32
