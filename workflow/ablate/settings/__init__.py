"""What can be set, typed and checked. Nothing here loads torch."""

from ablate.settings.augmentation import Augmentation
from ablate.settings.model import VGG, ResNet
from ablate.settings.named import Activation, Loss, Optimizer, Schedule
from ablate.settings.run import Normalize, Run, differing

__all__ = [
    "VGG",
    "Activation",
    "Augmentation",
    "Loss",
    "Normalize",
    "Optimizer",
    "ResNet",
    "Run",
    "Schedule",
    "differing",
]
