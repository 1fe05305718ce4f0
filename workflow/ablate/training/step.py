"""One step of training: gather, augment, forward, backward, observe, update.

All that varies from step to step lies in buffers on the device (the place within the epoch, the
epoch's order and draws, the sums), so that the same code runs eagerly on any device and, recorded
once, replays on CUDA as a graph.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from ablate.observers import Moment, Observer
from ablate.training import optimizers


class Pipeline(Protocol):
    """Draws an epoch's random numbers and applies them to whole batches."""

    def draw(self, n: int, generator: torch.Generator) -> dict[str, Tensor]: ...

    def apply(self, images: Tensor, draws: dict[str, Tensor]) -> Tensor: ...

    @property
    def mixes(self) -> bool: ...

    def mix(
        self, images: Tensor, labels: Tensor, draws: dict[str, Tensor]
    ) -> tuple[Tensor, Any]: ...

    def apply_test(self, images: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Batch:
    """A batch after its backward pass.

    targets: what the loss compares the outputs with: labels, or those of a mixture.
    gradients: in the order of the network's parameters.
    """

    inputs: Tensor
    labels: Tensor
    targets: Any
    loss: Tensor
    gradients: list[Tensor | None]


class Step:
    """The training step of one network on one set of images.

    images: uint8 [n, height, width, 3], labels: int64 [n], both on the network's device.
    forward: the network under the run's precision. criterion: loss from outputs and targets.
    optimizer: as `optimizers.build` makes it. held: the parameters in the optimizer's order.
    before_update, after_update: called around the optimizer's update, without waiting for the
    device.
    """

    def __init__(
        self,
        network: nn.Module,
        forward: Callable[[Tensor], Tensor],
        criterion: Callable[[Tensor, Tensor], Tensor],
        optimizer: torch.optim.Optimizer,
        pipeline: Pipeline,
        images: Tensor,
        labels: Tensor,
        batch_size: int,
        observers: Sequence[Observer] = (),
        held: Sequence[nn.Parameter] | None = None,
        before_update: Sequence[Callable[[], None]] = (),
        after_update: Sequence[Callable[[], None]] = (),
    ) -> None:
        self.network = network
        self.forward = forward
        self.criterion = criterion
        self.optimizer = optimizer
        self.parameters = list(network.parameters())
        self.held = self.parameters if held is None else held
        self.before_update = before_update
        self.after_update = after_update
        self.pipeline = pipeline
        # Stored pixel by pixel, a gathered batch already has channels_last's layout.
        self.images = images
        self.labels = labels
        self.observers = observers
        self._make_buffers(len(images), batch_size, images.device)
        self.number = 0
        self.rate = None
        self.take = self.whole

    def _make_buffers(self, images: int, batch_size: int, device: torch.device) -> None:
        positions = -(-images // batch_size)
        self.position = torch.zeros(1, dtype=torch.int64, device=device)
        self.offsets = torch.arange(batch_size, device=device)
        self.order = torch.zeros(images, dtype=torch.int64, device=device)
        self.draws: dict[str, Tensor] = {}
        self.losses = torch.zeros(positions, device=device)
        self.correct = torch.zeros(positions, dtype=torch.int64, device=device)
        self.batch_size = batch_size

    def start_epoch(self, order: Tensor, draws: dict[str, Tensor], position: int = 0) -> None:
        """Put an epoch's order and draws on the device, in place; begin at `position`."""
        self.order.copy_(order, non_blocking=True)
        for name, drawn in draws.items():
            if name not in self.draws:
                self.draws[name] = torch.empty_like(drawn, device=self.order.device)
            self.draws[name].copy_(drawn, non_blocking=True)
        self.position.fill_(position)

    def __call__(self, number: int, size: int, rate: float) -> None:
        """Take step `number` (from 1) on the next `size` images at this learning rate."""
        self._set_rate(rate)
        self.number = number
        self.take(size)

    def whole(self, size: int) -> None:
        """A step in one piece."""
        self.show(self.gradient(size))
        self.update(size)

    def in_pieces(self, size: int) -> None:
        """A step whose pieces can be replaced one by one."""
        batch = self.gradient(size)
        # A replayed graph writes to its own gradients: they are what this step's `grad` are.
        for parameter, gradient in zip(self.parameters, batch.gradients, strict=True):
            parameter.grad = gradient
        self.show(batch)
        self.update(size)

    def gradient(self, size: int) -> Batch:
        """The next `size` images' loss and gradients; the place within the epoch moves on."""
        rows = self.position * self.batch_size + self.offsets[:size]
        chosen = self.order.index_select(0, rows)
        labels = self.labels.index_select(0, chosen)
        inputs, targets = self._shown(chosen, rows, labels)
        for parameter in self.parameters:
            parameter.grad = None
        outputs = self.forward(inputs)
        loss = self.criterion(outputs, targets)
        loss.backward()
        loss = loss.detach()
        correct = (outputs.argmax(1) == labels).sum()
        self.losses.index_copy_(0, self.position, loss.reshape(1))
        self.correct.index_copy_(0, self.position, correct.reshape(1))
        self.position.add_(1)
        return Batch(inputs, labels, targets, loss, [p.grad for p in self.parameters])

    def update(self, size: int) -> None:
        """Let the optimizer take its step along the gradients of a batch of `size`."""
        for act in self.before_update:
            act()
        optimizers.update(self.optimizer, self.held)
        for act in self.after_update:
            act()

    def show(self, batch: Batch) -> None:
        """Let the observers see the batch."""
        moment = Moment(
            step=self.number,
            loss=batch.loss,
            inputs=batch.inputs,
            labels=batch.labels,
            targets=batch.targets,
            model=self.network,
            lr=self.rate,
            criterion=self.criterion,
        )
        for observer in self.observers:
            observer.observe(moment)

    def _shown(self, chosen: Tensor, rows: Tensor, labels: Tensor) -> tuple[Tensor, Any]:
        """What the network sees of the chosen images, and what its outputs are compared with."""
        images = self.images.index_select(0, chosen).permute(0, 3, 1, 2)
        draws = {name: drawn.index_select(0, rows) for name, drawn in self.draws.items()}
        inputs, targets = self.pipeline.apply(images, draws), labels
        if self.pipeline.mixes:
            inputs, targets = self.pipeline.mix(inputs, labels, draws)
        return inputs.contiguous(memory_format=torch.channels_last), targets

    def _set_rate(self, rate: float) -> None:
        if rate != self.rate:
            optimizers.set_rate(self.optimizer, rate)
            self.rate = rate
