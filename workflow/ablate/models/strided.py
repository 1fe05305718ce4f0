"""Strided 1x1 convolutions on a CPU, kept away from a kernel of oneDNN that is wrong.

For images in channels_last with fewer channels than a vector holds (8 with AVX2, 16 with AVX512),
oneDNN's weight gradient of a strided 1x1 convolution writes past its workspace: the process dies or
the gradients are wrong (uxlfoundation/oneDNN, issue 6035; seen with oneDNN 3.13 in torch 2.15).
The projections of a narrow residual network are such convolutions.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

FEWEST_CHANNELS = 16


class SlicedConv2d(nn.Conv2d):
    """A 1x1 convolution that on a CPU picks the pixels of its stride first: the same sums."""

    def forward(self, images: Tensor) -> Tensor:
        if images.device.type != "cpu":
            return super().forward(images)
        down, right = self.stride
        picked = images[:, :, ::down, ::right].contiguous(memory_format=torch.channels_last)
        return functional.conv2d(picked, self.weight, self.bias, groups=self.groups)


def slice_narrow(network: nn.Module) -> nn.Module:
    """`network`, with each convolution that the kernel could get wrong made a `SlicedConv2d`.

    Subclasses of Conv2d compute in ways of their own and stay.
    """
    for layer in network.modules():
        if type(layer) is nn.Conv2d and is_at_risk(layer):
            # Its class and nothing else, so that names, weights and state dicts stay.
            layer.__class__ = SlicedConv2d
    return network


def is_at_risk(layer: nn.Conv2d) -> bool:
    """Whether the kernel could get this convolution wrong."""
    unpadded = layer.padding in ((0, 0), "valid")
    strided = layer.stride != (1, 1) and layer.kernel_size == (1, 1) and unpadded
    return strided and layer.in_channels // layer.groups < FEWEST_CHANNELS
