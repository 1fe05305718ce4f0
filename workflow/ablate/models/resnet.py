"""torchvision's residual networks, with another stem, width, head or activation.

Layer by layer, name by name and weight by weight they are torchvision's. They are spelled out here
since loading torchvision loads torch's compiler, which takes as long as loading torch.
"""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ablate.models.activation import build_activation
from ablate.models.width import scaled

if TYPE_CHECKING:
    from ablate import settings


class BasicBlock(nn.Module):
    """x + f(x), f two 3x3 convolutions."""

    expansion = 1

    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = _convolution(inputs, planes, 3, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = _convolution(planes, planes, 3)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = _projection(inputs, planes, stride)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """x + f(x), f a 3x3 convolution between two of 1x1, the last with 4 times the channels.

    The stride is the 3x3 convolution's, as in torchvision, not the first one's, as in the paper.
    """

    expansion = 4

    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        outputs = planes * self.expansion
        self.conv1 = _convolution(inputs, planes, 1)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = _convolution(planes, planes, 3, stride)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = _convolution(planes, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _projection(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet(nn.Module):
    """Stem, four stages, the mean over the last maps, head."""

    def __init__(
        self, stem: nn.Conv2d, max_pool: bool, stages: list[nn.Sequential], head: nn.Module
    ) -> None:
        super().__init__()
        self.conv1 = stem
        self.bn1 = nn.BatchNorm2d(stem.out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if max_pool else nn.Identity()
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = head

    def forward(self, images: Tensor) -> Tensor:
        """Logits [batch, classes] of images [batch, 3, height, width]."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        maps = self.layer4(self.layer3(self.layer2(self.layer1(maps))))
        return self.fc(torch.flatten(self.avgpool(maps), 1))


PLANS = {
    "resnet18": (BasicBlock, [2, 2, 2, 2]),
    "resnet34": (BasicBlock, [3, 4, 6, 3]),
    "resnet50": (Bottleneck, [3, 4, 6, 3]),
    "resnet101": (Bottleneck, [3, 4, 23, 3]),
    "resnet152": (Bottleneck, [3, 8, 36, 3]),
}


def build(model: "settings.ResNet", classes: int) -> nn.Module:
    """The residual network the settings describe, initialised as torchvision does.

    Stem and head draw their weights after the stages, so two networks that differ in either
    start, from one seed, with equal stages.
    """
    block, blocks = PLANS[model.name]
    channels = scaled(64, model.width)
    stages = []
    for number, depth in enumerate(blocks):
        planes, stride = scaled(64 * 2**number, model.width), 1 if number == 0 else 2
        stages.append(_stage(block, channels, planes, depth, stride))
        channels = planes * block.expansion
    network = ResNet(_stem(model), model.max_pool, stages, _head(model, channels, classes))
    _replace_relu(network, model.activation)
    return network


def _stage(
    block: type[nn.Module], inputs: int, planes: int, depth: int, stride: int
) -> nn.Sequential:
    """`depth` blocks, of which the first takes the stride."""
    first = block(inputs, planes, stride)
    return nn.Sequential(
        first, *(block(planes * block.expansion, planes, 1) for _ in range(depth - 1))
    )


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """A convolution that keeps the size up to its stride, drawn for the ReLU that follows."""
    layer = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer


def _projection(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    """What gives a block's input the shape of its output; None where it has it already."""
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(_convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


def _stem(model: "settings.ResNet") -> nn.Conv2d:
    return _convolution(3, scaled(64, model.width), model.stem_kernel, model.stem_stride)


def _head(model: "settings.ResNet", features: int, classes: int) -> nn.Module:
    """Linear, or with `hidden` Linear - [Dropout] - BatchNorm - [Dropout] - activation - Linear.

    Without a hidden layer, dropout acts on what enters the only Linear.
    """
    dropout = [nn.Dropout(model.dropout)] if model.dropout else []
    before = dropout if model.dropout_place == "before_bn" else []
    after = dropout if model.dropout_place == "after_bn" else []
    softmax = [nn.Softmax(dim=1)] if model.softmax else []
    if model.hidden is None:
        layers = [*dropout, nn.Linear(features, classes), *softmax]
        return nn.Sequential(*layers) if len(layers) > 1 else layers[0]
    return nn.Sequential(
        nn.Linear(features, model.hidden),
        *before,
        nn.BatchNorm1d(model.hidden),
        *after,
        build_activation(model.activation),
        nn.Linear(model.hidden, classes),
        *softmax,
    )


def _replace_relu(network: nn.Module, activation: "settings.Activation") -> None:
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.ReLU):
                setattr(module, name, build_activation(activation))
