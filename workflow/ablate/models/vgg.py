"""VGG-A and VGG-19 for images of 32x32, with or without batch normalisation and dropout."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ablate.errors import AblateError
from ablate.models.activation import build_activation
from ablate.models.width import scaled

if TYPE_CHECKING:
    from ablate import settings

# Output channels of each 3x3 convolution; "M" is a 2x2 max-pool.
PLANS = {
    "vgg_a": (64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"),
    "vgg_19": (
        *(64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M"),
        *(512, 512, 512, 512, "M", 512, 512, 512, 512, "M"),
    ),
}
SMALLEST = 32  # five max-pools leave one pixel of it


class VGG(nn.Module):
    """Convolutions that end in one pixel, then three Linear layers.

    Of images larger than 32x32 the last map has several pixels: their mean enters the head.
    """

    def __init__(self, features: nn.Sequential, classifier: nn.Sequential) -> None:
        super().__init__()
        self.features = features
        self.classifier = classifier

    def forward(self, images: Tensor) -> Tensor:
        """Logits [batch, classes] of images [batch, 3, height, width].

        Raises:
            AblateError: the images are smaller than 32x32.
        """
        if min(images.shape[-2:]) < SMALLEST:
            raise AblateError(
                f"VGG halves its images five times: {images.shape[-2]}x{images.shape[-1]} is too "
                f"small, it needs at least {SMALLEST}x{SMALLEST}. Resize the data (data.resize)."
            )
        maps = self.features(images)
        if maps.shape[-2:] != (1, 1):
            maps = maps.mean((-2, -1))
        return self.classifier(torch.flatten(maps, 1))


def build(model: "settings.VGG", classes: int) -> nn.Module:
    """The VGG the settings describe: Xavier-normal weights, zero biases.

    `width` scales every convolution and both hidden Linear layers.
    """
    network = VGG(_features(model), _classifier(model, classes))
    network.apply(_initialise)
    return network


def _features(model: "settings.VGG") -> nn.Sequential:
    layers, channels = [], 3
    for step in PLANS[model.name]:
        if step == "M":
            layers.append(nn.MaxPool2d(2))
            continue
        layers.append(nn.Conv2d(channels, scaled(step, model.width), 3, padding=1))
        channels = layers[-1].out_channels
        if model.batch_norm:
            layers.append(nn.BatchNorm2d(channels))
        layers.append(build_activation(model.activation))
    return nn.Sequential(*layers)


def _classifier(model: "settings.VGG", classes: int) -> nn.Sequential:
    size = scaled(512, model.width)
    layers = []
    for _ in range(2):
        if model.dropout:
            layers.append(nn.Dropout(model.dropout))
        layers.append(nn.Linear(size, size))
        if model.batch_norm:
            layers.append(nn.BatchNorm1d(size))
        layers.append(build_activation(model.activation))
    layers.append(nn.Linear(size, classes))
    if model.softmax:
        layers.append(nn.Softmax(dim=1))
    return nn.Sequential(*layers)


def _initialise(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
