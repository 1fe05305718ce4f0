"""One step of training with a stand-in for the network, so that what one's own code gets wrong in
its first step is told before any training.

A few made-up images, of the size and classes of the packed ones, pass through the run's own
transforms, loss, optimizer and schedule, on the CPU. What tries the network itself is
ablate.steps.networks.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ablate import named
from ablate.data.dataset import Dataset
from ablate.data.manifest import Manifest
from ablate.errors import AblateError
from ablate.settings import Run
from ablate.training.assemble import assemble
from ablate.training.device import Device

IMAGES = 8


def take(settings: Run, own: list[str], manifest: Manifest) -> None:
    """Take the step.

    Args:
        settings: of a run; its network does not matter.
        own: what of them is one's own code, for the message.

    Raises:
        AblateError: it cannot be taken.
    """
    short = settings.model_copy(update={"batch_size": IMAGES, "holdout": 0.0})
    cpu = Device(torch.device("cpu"), "")
    torch.manual_seed(0)
    try:
        network = _stand_in(len(manifest.classes))
        training = assemble(short, 0, _made_up(manifest), cpu, network, "fp32")
        if settings.loss.name in own:
            training.step.criterion = _checked(settings.loss.name, training.step.criterion)
        training.start_epoch()
        training.take_step()
    except AblateError:
        raise
    except Exception as error:
        reason = named.blame(error) or f"{type(error).__name__}: {error}"
        raise AblateError(f"a step of training with {' and '.join(own)} fails: {reason}") from error


def _stand_in(classes: int) -> nn.Module:
    """A classifier of images of any size, with weights of one, two and four dimensions."""
    body = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return body.append(nn.Linear(4, classes))


def _made_up(manifest: Manifest) -> Dataset:
    """Images of noise; the first and the last class are among their labels."""
    draw = np.random.default_rng(0)
    images = draw.integers(0, 256, (IMAGES, 3, *manifest.size), dtype=np.uint8)
    labels = np.linspace(0, len(manifest.classes) - 1, IMAGES).astype(np.int64)
    return Dataset(images, labels, images, labels, manifest)


def _checked(name: str, criterion: Callable[[Tensor, Any], Tensor]) -> Callable[..., Tensor]:
    """The same loss, which must give what a step can go back from."""

    def checked(outputs: Tensor, targets: Any) -> Tensor:
        loss = criterion(outputs, targets)
        if isinstance(loss, Tensor) and loss.numel() == 1 and loss.dtype == torch.float32:
            if loss.requires_grad:
                return loss
            found = "a number without a gradient"
        else:
            found = _described(loss)
        raise AblateError(
            f"loss: {name} gives {found} for outputs {list(outputs.shape)} and labels "
            f"[{len(outputs)}]; one float32 number that follows from the outputs is needed"
        )

    return checked


def _described(loss: object) -> str:
    if not isinstance(loss, Tensor):
        return type(loss).__name__
    return f"{str(loss.dtype).removeprefix('torch.')} {list(loss.shape)}"
