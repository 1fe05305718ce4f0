"""The transforms take torchvision's arguments, and leave out what torchvision leaves out."""

import inspect

import pytest
from pydantic import ValidationError
from torchvision.transforms import v2

from ablate.settings.augmentation import Augmentation, Crop

TRANSFORMS = {
    name: field.annotation.__args__[0] for name, field in Augmentation.model_fields.items()
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_defaults_are_torchvisions(name):
    torchvisions = inspect.signature(getattr(v2, name)).parameters
    for argument, field in TRANSFORMS[name].model_fields.items():
        default = torchvisions[argument].default
        if default is inspect.Parameter.empty:
            assert field.is_required()
        else:
            # No padding and no jitter are None in some of torchvision's signatures.
            assert field.default == (0 if default is None else default)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_what_torchvision_requires_is_required(name):
    required = {
        argument
        for argument, parameter in inspect.signature(getattr(v2, name)).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    assert required == {n for n, f in TRANSFORMS[name].model_fields.items() if f.is_required()}


@pytest.mark.parametrize("size", [0, -1, True, "32", 3.0, [3], [3, 4, 5], [3, "image"], None])
def test_what_is_no_size_gets_one_message(size):
    with pytest.raises(ValidationError, match=r"\[height, width\], or image is needed"):
        Crop.model_validate({"size": size})


@pytest.mark.parametrize(
    ("size", "shape"), [(24, (24, 24)), ([20, 30], (20, 30)), ("image", (28, 40))]
)
def test_crops_have_the_size_asked_for(size, shape):
    assert Crop.model_validate({"size": size}).shape((28, 40)) == shape
