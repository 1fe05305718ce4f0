"""What can be set, typed and checked. Nothing here loads torch."""

from ablate.settings.augmentation import Augmentation
from ablate.settings.model import VGG, ResNet
from ablate.settings.named import Activation, Criterion, Optimizer, Schedule
from ablate.settings.run import Normalize, Run, differing

__all__ = [
    "VGG",
    "Activation",
    "Augmentation",
    "Criterion",
    "Normalize",
    "Optimizer",
    "ResNet",
    "Run",
    "Schedule",
    "differing",
]
