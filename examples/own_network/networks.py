"""A convolutional network in a few lines: what ablate trains is any torch module."""

from torch import Tensor, nn


class AllConv(nn.Module):
    """Three stages of separable convolutions with skips, then the mean of the last map.

    `classes` is the number of outputs, which ablate fills in. The other arguments can be set under
    `model.arguments`. A preset that shrinks networks multiplies an argument called `width`.
    """

    recordable = True  # nothing in forward is drawn or decided in Python: a CUDA graph can hold it

    def __init__(self, classes: int, width: float = 1.0, kernel: int = 3, skip: bool = True):
        super().__init__()
        channels = [max(4, round(c * width)) for c in (64, 128, 256)]
        self.stem = nn.Conv2d(3, channels[0], 3, padding=1)
        pairs = zip(channels, [*channels[1:], channels[-1]], strict=True)
        self.stages = nn.ModuleList(Stage(i, o, kernel, skip) for i, o in pairs)
        self.head = nn.Linear(channels[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.stem(images)
        for stage in self.stages:
            maps = stage(maps)
        return self.head(maps.mean((2, 3)))


class Stage(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: int, skip: bool):
        super().__init__()
        self.skip = skip
        self.mix = nn.Conv2d(inputs, inputs, kernel, padding=kernel // 2, groups=inputs)
        self.norm, self.act = nn.BatchNorm2d(inputs), nn.GELU()
        self.down = nn.Conv2d(inputs, outputs, 2, stride=2)

    def forward(self, maps: Tensor) -> Tensor:
        mixed = self.act(self.mix(maps))
        return self.down(self.norm(maps + mixed if self.skip else mixed))
