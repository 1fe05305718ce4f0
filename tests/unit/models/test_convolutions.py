"""Every convolution of the report on this CPU, against the same sums in float64 and NCHW.

oneDNN has a kernel that is wrong for some of them (ablate.models.strided); this would show another.
"""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from ablate import models
from ablate.planning.plan import Plan
from ablate.settings import written

CONFIG = written.read(str(Path(__file__).parents[3] / "config.yaml"))
BATCH = 3
# What a network's convolutions depend on.
DECIDE = ("name", "width", "stem_kernel", "stem_stride", "max_pool")


def convolutions(preset: str) -> dict[tuple, tuple[nn.Conv2d, tuple[int, ...]]]:
    """One of each kind with the shape of its images, by what tells kinds apart."""
    found = {}
    runs = Plan(CONFIG | {"preset": preset}).runs.values()
    asked = {
        tuple(getattr(planned.run.model, name, None) for name in DECIDE): planned.run.model
        for planned in runs
    }
    for model in asked.values():
        with torch.device("meta"):
            network = models.build(model, 10)

            def note(layer, inputs, output):
                shape = inputs[0].shape[1:]
                key = (type(layer), *shape, layer.out_channels, layer.kernel_size, layer.stride)
                found.setdefault(key, (layer, shape))

            for layer in network.modules():
                if isinstance(layer, nn.Conv2d):
                    layer.register_forward_hook(note)
            network(torch.empty(2, 3, 32, 32))
    return found


@pytest.mark.parametrize("preset", ["demo", "paper"])
def test_outputs_and_gradients_are_those_of_float64(preset):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for key, (meta, shape) in convolutions(preset).items():
        images = torch.randn(BATCH, *shape).contiguous(memory_format=torch.channels_last)
        weight = torch.randn(meta.weight.shape).contiguous(memory_format=torch.channels_last)
        layer = type(meta)(
            meta.in_channels, meta.out_channels, meta.kernel_size, meta.stride, meta.padding
        ).to(memory_format=torch.channels_last)
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.zero_()
        images.requires_grad_()
        outputs = layer(images)
        slope = torch.randn_like(outputs)
        outputs.backward(slope)
        exact = [t.detach().double().contiguous().requires_grad_() for t in (images, weight)]
        expected = functional.conv2d(*exact, None, meta.stride, meta.padding)
        expected.backward(slope.double().contiguous())
        for found, right in (
            (outputs, expected),
            (images.grad, exact[0].grad),
            (layer.weight.grad, exact[1].grad),
        ):
            apart = (found.double() - right).norm() / right.norm()
            assert apart < 1e-5, (key, apart)
