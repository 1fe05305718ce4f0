"""Puts a run together: network, optimizer, data on the device, observers, from its settings."""

import functools
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ablate import models, named
from ablate.augmentation.pipeline import Pipeline
from ablate.data.dataset import Dataset
from ablate.data.stratified import holdout_split
from ablate.errors import AblateError
from ablate.models import cost
from ablate.observers import build_observers
from ablate.training import graph, optimizers, precision, schedules
from ablate.training.device import Device
from ablate.training.evaluate import Evaluation
from ablate.training.images import check_room, on_device
from ablate.training.length import Length
from ablate.training.parts import Parts
from ablate.training.step import Step
from ablate.training.training import Training

if TYPE_CHECKING:
    from ablate.settings import Run


def assemble(
    settings: "Run",
    seed: int,
    data: Dataset,
    device: Device,
    network: nn.Module,
    arithmetic: str,
    observers: Sequence[dict[str, Any]] = (),
    pause: Callable[[], None] = lambda: None,
) -> Training:
    """A training at its beginning, its data on the device.

    network: as `build_network` made it. arithmetic: "fp32" or "bf16", as `precision.choose` says.
    pause: called now and then, may raise to interrupt.

    Raises:
        AblateError: the settings do not fit the data, torch refuses them, or the images do not fit
            on the card.
    """
    split = holdout_split(data.train_labels, settings.holdout)
    trained, held_out = (torch.from_numpy(part) for part in split)
    length = Length.of(settings, len(trained))
    check_last_batch(settings, length, max(data.manifest.size))
    precise = functools.partial(precision.forward, precision=arithmetic, device=device.torch_device)
    forward = precise(network)
    rates = schedules.by_step(settings.schedule, settings.optimizer.lr, length)
    parts = Parts.plain(network, criterion, rates, length, data)
    for option in settings.options:
        module = importlib.import_module(f"ablate.training.options.{option}")
        module.add(parts, getattr(settings, option))
    if settings.own:
        parts.kept["python"] = named.python_random(seed)
    pipeline = build_pipeline(settings, data)
    watching = build_observers(observers, length.steps, network, device.torch_device)
    check_room(data, device)
    step = Step(
        network,
        forward,
        pipeline.mixed_loss(parts.criterion) if pipeline.mixes else parts.criterion,
        optimizers.build(settings.optimizer, parts.groups, device.torch_device),
        pipeline,
        *on_device(data.train_images, data.train_labels, device, trained),
        settings.batch_size,
        watching,
        optimizers.parameters(parts.groups),
        parts.before_update,
        parts.after_update,
    )
    of_images = {"test": on_device(data.test_images, data.test_labels, device)}
    if len(held_out):
        of_images["holdout"] = on_device(data.train_images, data.train_labels, device, held_out)
    evaluated = parts.evaluated
    judged = parts.judged(forward if evaluated is network else precise(evaluated))
    evaluations = {
        name: Evaluation(evaluated, judged, pipeline, *those, settings.probabilities, pause)
        for name, those in of_images.items()
    }
    if device.type == "cuda":
        graph.replay(step, evaluations.values(), [n for n in settings.own if not recordable(n)])
    return Training(
        seed,
        length,
        parts.rates,
        network,
        step,
        evaluations,
        watching,
        evaluated,
        parts.kept,
    )


def recordable(name: str) -> bool:
    """Whether one's own class or function says that a CUDA graph can hold its work.

    What is drawn or decided in Python would be the same at each replay, and nobody would notice.
    """
    return bool(getattr(named.own(name), "recordable", False))


@dataclass(frozen=True)
class Cost:
    """parameters: of the network. flops: of its forward pass on one image, 2 per multiply-add."""

    parameters: int
    flops: int


def build_network(
    settings: "Run", seed: int, data: Dataset, device: Device
) -> tuple[nn.Module, Cost]:
    """The network with the weights of this seed alone, the same on every device; and its cost."""
    torch.manual_seed(seed)
    network = models.build(settings.model, len(data.manifest.classes))
    found = Cost(cost.parameters(network), cost.flops(network, data.manifest.size))
    return network.to(device.torch_device, memory_format=torch.channels_last), found


def build_pipeline(settings: "Run", data: Dataset) -> Pipeline:
    """Augmentation and normalisation, by the data's channel statistics unless set otherwise."""
    by = data.manifest if settings.normalize == "dataset" else settings.normalize
    return Pipeline(settings.augmentation, by.mean, by.std)


def criterion(outputs: Tensor, labels: Tensor) -> Tensor:
    """Mean cross entropy, in fp32."""
    return functional.cross_entropy(outputs.float(), labels)


def check_last_batch(settings: "Run", length: Length, side: int) -> None:
    """Refuse a last batch of one image where the network normalises over the batch alone.

    Args:
        side: the images' longer side in pixels.

    Raises:
        AblateError: it does.
    """
    last = length.batch_at(length.steps_per_epoch - 1)
    if last == 1 and settings.last_batch_needs_two(side):
        raise AblateError(
            f"batch_size: {length.images} training images in batches of {length.batch_size} leave "
            "a last batch of 1, over which batch normalisation is not defined; take another "
            "batch_size, or another number of images"
        )
